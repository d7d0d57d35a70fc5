"""Motion layer: the heat of landmark motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.geometry.landmark_speeds import LandmarkSpeeds
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology


@dataclass(frozen=True)
class MotionLayer(Layer):
    """Colors the face where it moves, from dark violet for slow to light yellow for fast.

    It keeps the faces of the frame before, so one object serves one stream. A landmark at rest has no color.

    Attributes:
        opacity: at the highest speed.
        full_speed: in sizes of the face per second, which has the last color.
        seconds: after this time without motion, the heat has fallen to 37 %.
        relative: whether the motion of the whole face, its mean, is taken out first.
    """

    needs: ClassVar[tuple[str, ...]] = ("timestamp_us",)
    reads: ClassVar[tuple[str, ...]] = ("ids",)

    opacity: float = 0.8
    full_speed: float = 0.5
    seconds: float = 0.15
    relative: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.full_speed > 0:
            raise ValueError(f"full_speed is {self.full_speed:g}; expected more than 0")
        object.__setattr__(self, "_speeds", LandmarkSpeeds(self.seconds))
        levels = np.arange(256, dtype=np.uint8)[:, None]
        colors = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[:, 0, ::-1]
        object.__setattr__(self, "_colors", np.ascontiguousarray(colors))
        object.__setattr__(self, "_opacities", self.opacity * np.minimum(1, np.arange(256) / 128))

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        assert faces.timestamp_us is not None
        points = faces.points_px[:, :NUM_LANDMARKS, :2]
        moved = points - points.mean(axis=1, keepdims=True) if self.relative else points
        speeds = self._speeds.update(moved, faces.sizes_px, faces.ids, faces.timestamp_us)  # type: ignore[attr-defined]
        values = np.minimum(speeds / np.float32(self.full_speed), 1)
        triangles = FaceTopology.load().triangles
        for place, heat in zip(points, values, strict=True):
            if heat.max() > 1 / 255:
                canvas.heat(place, triangles, heat, self._colors, self._opacities)  # type: ignore[attr-defined]

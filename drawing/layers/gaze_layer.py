"""Gaze layer: an arrow from each iris in the direction in which the eye looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas, Color
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.irises_layer import LEFT_IRIS, RIGHT_IRIS
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES

_LINE = Trails([np.array([0, 1])])
_DOT = 1.0  # radius of the dot, in widths of the line
_HEAD = 5.0  # length of an arrow's head, in widths of its line


@dataclass(frozen=True)
class GazeLayer(Layer):
    """Gaze rays. An arrow is as long as the gaze is turned away from the camera's axis.

    An eye that looks along the axis has a dot, and a closed eye has nothing. Left is the subject's.

    Attributes:
        left_color, right_color: of the arrows.
        width: of the arrows.
        opacity: of the arrows.
        length: of an arrow in the plane of the picture, in sizes of the face.
    """

    needs: ClassVar[tuple[str, ...]] = ("gaze",)
    reads: ClassVar[tuple[str, ...]] = ("eyes_open",)

    left_color: str = "#2EE59D"
    right_color: str = "#FF5A5F"
    width: float = 3.0
    opacity: float = 1.0
    length: float = 0.5

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        assert faces.gaze is not None
        if faces.points_px.shape[1] < NUM_LANDMARKS_WITH_IRISES:
            return
        eyes = ((LEFT_IRIS, rgb(self.left_color)), (RIGHT_IRIS, rgb(self.right_color)))
        for face, size in enumerate(faces.sizes_px.tolist()):
            width = line_width_px(self.width, size)
            for eye, (iris, color) in enumerate(eyes):
                direction = faces.gaze[face, eye]
                closed = faces.eyes_open is not None and not faces.eyes_open[face, eye]
                if closed or not np.isfinite(direction).all():
                    continue
                start = faces.points_px[face, iris, :2]
                away = np.array([direction[0], -direction[1]], np.float32) * np.float32(self.length * size)
                self._arrow(canvas, start, away, width, color)

    def _arrow(self, canvas: Canvas, start: np.ndarray, away: np.ndarray, width: float, color: Color) -> None:
        canvas.disc(start, _DOT * width, color, self.opacity)
        length = float(np.hypot(*away))
        if length < _DOT * width:
            return
        along = away / length
        across = np.array([-along[1], along[0]], np.float32)
        head = min(_HEAD * width, length / 2)
        neck = start + along * (length - head)
        # The line begins at the rim of the dot and ends inside of the head, so that nothing is drawn twice.
        line = np.stack([start + along * min(_DOT * width, length - head), neck])
        canvas.lines(line, _LINE, width, color, opacity=self.opacity)
        tip = start + away
        canvas.polygon(
            np.stack([tip, neck + across * head / 2, neck - across * head / 2]), color, self.opacity
        )

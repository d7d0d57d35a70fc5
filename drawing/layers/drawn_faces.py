"""Drawn faces: all that layers may draw of the faces of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from attention_mesh.drawing.layers.line_width import face_sizes
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS

# Of the arrays beside the points, behind the axis of faces.
_SHAPES = {"rois": (5,), "ids": (), "scores": (), "gaze": (3, 3), "eyes_open": (2,)}


@dataclass(frozen=True, eq=False)
class DrawnFaces:
    """The faces of one frame, as arrays with a leading face axis.

    Attributes:
        points_px: (F, N, 2 or 3) float, N at least 468; x, y in pixels of the picture, origin at its top left
            corner, z on x's scale, smaller is nearer. Points may lie outside of the picture.
        rois: (F, 5) float regions of interest: x_center, y_center, width, height in pixels, rotation_rad.
        ids: (F,) int track ids, 0 for none.
        scores: (F,) float in [0, 1].
        gaze: (F, 3, 3) float unit vectors as of `gaze_vectors`: left, right, mean.
        eyes_open: (F, 2) bool, left and right; without it, all are open.
        texts: a text for each face.
        timestamp_us: of the frame.

    Raises:
        ValueError: a shape or a number of faces is another.
    """

    points_px: np.ndarray
    rois: np.ndarray | None = None
    ids: np.ndarray | None = None
    scores: np.ndarray | None = None
    gaze: np.ndarray | None = None
    eyes_open: np.ndarray | None = None
    texts: Sequence[str] | None = None
    timestamp_us: int | None = None

    def __post_init__(self) -> None:
        points = np.asarray(self.points_px, np.float32)
        object.__setattr__(self, "points_px", points)
        if points.ndim != 3 or points.shape[1] < NUM_LANDMARKS or points.shape[2] not in (2, 3):
            raise ValueError(
                f"points have shape {points.shape}; expected (faces, 468 or 478, 2 or 3) in pixels"
            )
        for name, tail in _SHAPES.items():
            value = getattr(self, name)
            if value is not None and np.shape(value) != (len(points), *tail):
                raise ValueError(f"{name} has shape {np.shape(value)}; expected {(len(points), *tail)}")
        if self.texts is not None and len(self.texts) != len(points):
            raise ValueError(f"there are {len(self.texts)} texts for {len(points)} faces; expected as many")

    def __len__(self) -> int:
        return len(self.points_px)

    @cached_property
    def sizes_px(self) -> np.ndarray:
        """(F,) float32 sizes of the faces, see `face_sizes`."""
        return face_sizes(self.points_px)

    def finite(self) -> DrawnFaces:
        """The same without faces that have a point that is not finite: itself if all are."""
        # The sum of finite float32 numbers is not finite only if they are beyond any picture.
        good = np.isfinite(self.points_px.sum(axis=(1, 2)))
        if good.all():
            return self
        chosen = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                chosen[entry.name] = value[good]
            elif entry.name == "texts" and value is not None:
                chosen[entry.name] = [text for text, is_good in zip(value, good, strict=True) if is_good]
        return DrawnFaces(**chosen, timestamp_us=self.timestamp_us)

"""Boxes layer: the upright box around the points of each face."""

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.geometry.normalized_landmarks import landmark_bounds

_CLOSED = Trails([np.array([0, 1, 2, 3, 0])])


@dataclass(frozen=True)
class BoxesLayer(Layer):
    """Boxes as of a detector.

    Attributes:
        color: of the lines.
        width: of the lines.
        opacity: of the lines.
        margin: between the points and the box, as a share of the face's size.
    """

    color: str = "#FFD166"
    width: float = 1.6
    opacity: float = 1.0
    margin: float = 0.0

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        low, high = landmark_bounds(faces.points_px)
        space = np.float32(self.margin) * faces.sizes_px[:, None]
        (left, top), (right, bottom) = (low - space).T, (high + space).T
        corners = np.stack([left, top, right, top, right, bottom, left, bottom], axis=1).reshape(-1, 4, 2)
        for points, size in zip(corners, faces.sizes_px.tolist(), strict=True):
            canvas.lines(
                points, _CLOSED, line_width_px(self.width, size), rgb(self.color), opacity=self.opacity
            )

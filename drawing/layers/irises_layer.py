"""Irises layer: the outline of each iris."""

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES

# First of the five points of an iris: the center. The next four lie on its rim: the first and third, and the
# second and fourth, are opposite each other.
LEFT_IRIS, RIGHT_IRIS = 473, 468


@dataclass(frozen=True)
class IrisesLayer(Layer):
    """An ellipse through the rim of each iris; a mesh without irises has none. Left is the subject's.

    Attributes:
        left_color, right_color: of the outlines.
        width: of the outlines.
        opacity: of the outlines.
    """

    left_color: str = "#2EE59D"
    right_color: str = "#FF5A5F"
    width: float = 1.6
    opacity: float = 1.0

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        if faces.points_px.shape[1] < NUM_LANDMARKS_WITH_IRISES:
            return
        colors = rgb(self.left_color), rgb(self.right_color)
        rims = np.array([LEFT_IRIS, RIGHT_IRIS])[:, None] + np.arange(1, 5)
        for points, size in zip(faces.points_px[:, :, :2], faces.sizes_px.tolist(), strict=True):
            rim = points[rims]
            axes = (rim[:, :2] - rim[:, 2:]) / 2
            width = line_width_px(self.width, size)
            canvas.ellipses(rim.mean(axis=1), axes, width, *colors, opacity=self.opacity)

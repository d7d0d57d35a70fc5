"""Contours layer: face oval, lips, eyes and eyebrows."""

from dataclasses import dataclass
from functools import cache

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.models.topology.face_topology import FaceTopology


@dataclass(frozen=True)
class ContoursLayer(Layer):
    """The outlines of the parts of a face. Left and right are the subject's.

    Attributes:
        color: of the face oval and the lips.
        left_color: of the left eye and eyebrow.
        right_color: of the right eye and eyebrow.
        width: of the lines.
        opacity: of the lines.
        oval, lips, eyes, eyebrows: whether these parts are drawn.
    """

    color: str = "#F4F7F8"
    left_color: str = "#2EE59D"
    right_color: str = "#FF5A5F"
    width: float = 1.6
    opacity: float = 1.0
    oval: bool = True
    lips: bool = True
    eyes: bool = True
    eyebrows: bool = True

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        middle = self.oval * ("FACE_OVAL",) + self.lips * ("LIPS",)
        left = self.eyes * ("LEFT_EYE",) + self.eyebrows * ("LEFT_EYEBROW",)
        right = self.eyes * ("RIGHT_EYE",) + self.eyebrows * ("RIGHT_EYEBROW",)
        parts = ((middle, self.color), (left, self.left_color), (right, self.right_color))
        colors = [rgb(color) for names, color in parts if names]
        if not colors:
            return
        trails = _trails(tuple(names for names, _ in parts if names))
        for points, size in zip(faces.points_px[:, :, :2], faces.sizes_px.tolist(), strict=True):
            canvas.lines(points, trails, line_width_px(self.width, size), *colors, opacity=self.opacity)


@cache
def _trails(groups: tuple[tuple[str, ...], ...]) -> Trails:
    topology = FaceTopology.load()
    return Trails(*([trail for name in names for trail in topology.trails(name)] for names in groups))

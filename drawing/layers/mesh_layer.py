"""Mesh layer: all edges of the mesh."""

from dataclasses import dataclass
from functools import cache

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.models.topology.face_topology import FaceTopology


@dataclass(frozen=True)
class MeshLayer(Layer):
    """The tessellation: fine lines through which the face can be seen.

    Attributes:
        color: of the lines.
        width: of the lines.
        opacity: of the lines.
    """

    color: str = "#FFFFFF"
    width: float = 0.8
    opacity: float = 0.55

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        trails = _mesh()
        for points, size in zip(faces.points_px, faces.sizes_px.tolist(), strict=True):
            width = line_width_px(self.width, size)
            canvas.lines(points[:, :2], trails, width, rgb(self.color), opacity=self.opacity)


@cache
def _mesh() -> Trails:
    return Trails(FaceTopology.load().trails("TESSELATION"))

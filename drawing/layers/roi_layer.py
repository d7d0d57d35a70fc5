"""ROI layer: the rotated rectangle of each face that is cropped for the network."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import line_width_px
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.geometry.projection import rect_corners

_LINES = Trails([np.array([0, 1, 2, 3, 0]), np.array([4, 5])])
_UP = 0.5  # length of the mark that shows which side is up, as a share of the rectangle's half height


@dataclass(frozen=True)
class RoiLayer(Layer):
    """Regions of interest, each with a short line that points to its upper side.

    Attributes:
        color: of the lines.
        width: of the lines.
        opacity: of the lines.
    """

    needs: ClassVar[tuple[str, ...]] = ("rois",)

    color: str = "#4CC9F0"
    width: float = 1.5
    opacity: float = 1.0

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        assert faces.rois is not None
        rois = np.asarray(faces.rois, np.float32)
        for corners, roi, size in zip(rect_corners(rois), rois, faces.sizes_px.tolist(), strict=True):
            if not np.isfinite(roi).all():
                continue
            top = (corners[0] + corners[1]) / 2
            inner = top + (roi[:2] - top) * np.float32(0.5 * _UP)
            points = np.concatenate([corners, top[None], inner[None]])
            canvas.lines(
                points, _LINES, line_width_px(self.width, size), rgb(self.color), opacity=self.opacity
            )

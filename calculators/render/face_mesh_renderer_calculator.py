"""Face mesh renderer: draws the face meshes of a frame into it."""

from typing import Any

import numpy as np

from attention_mesh.drawing.face_mesh_drawing import draw_face_mesh
from attention_mesh.drawing.face_mesh_style import FaceMeshStyle
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class FaceMeshRendererCalculator(Calculator):
    """Draws all faces of a frame into a copy of it; a frame without a face passes unchanged.

    Inputs: IMAGE, the frame; LANDMARKS, its meshes: no packet, or one with F = 0, if there is no face; ROIS,
      the regions of interest of the same faces, with their track ids.
    Outputs: IMAGE, the frame with the drawing; empty if IMAGE is.
    Options: the fields of `FaceMeshStyle`, except bgr.

    Example::

        node {
          calculator: "FaceMeshRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.FaceMeshRendererCalculatorOptions] { tesselation: true }
          }
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 468 or 478, 3), normalized to the frame
    rois = Input("ROIS", NormalizedRects, optional=True)  # (F, 5), normalized to the frame; ids
    annotated = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    timestamp_offset = 0

    class Options:
        tesselation: bool = False
        contours: bool = True
        irises: bool = True
        boxes: bool = False
        ids: bool = False
        thickness: int = 0
        antialias: bool = True

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        _style(node.options)

    def open(self) -> None:
        self.style = _style(self.options)

    def process(self) -> None:
        if self.image.is_empty:
            return
        image = self.image.value
        if not self.landmarks.is_empty and len(self.landmarks.value):
            size = (image.shape[1], image.shape[0])
            rois = self.rois.value
            image = image.copy()
            draw_face_mesh(
                image,
                self.landmarks.value.in_pixels(size),
                self.style,
                None if rois is None else rois.in_pixels(size),
                None if rois is None else rois.ids,
            )
        self.annotated.send(image)


def _style(options: Any) -> FaceMeshStyle:
    """The style that an options message asks for.

    Raises:
      ValueError: it asks for an impossible one.
    """
    return FaceMeshStyle(**{field.name: getattr(options, field.name) for field in options.DESCRIPTOR.fields})

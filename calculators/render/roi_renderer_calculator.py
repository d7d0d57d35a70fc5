"""ROI renderer: regions of interest."""

from typing import Any

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.roi_layer import RoiLayer
from attention_mesh.framework import Input, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class RoiRendererCalculator(FaceRenderer):
    """Draws the rotated rectangle of each face of a frame, which is cropped for the network, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU; ROIS, the regions of interest of the same faces, which FACES
      already has.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: color, width and opacity of the lines, see `RoiLayer`.

    Example::

        node {
          calculator: "RoiRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.RoiRendererCalculatorOptions] { color: "#FFFFFF" }
          }
        }
    """

    rois = Input("ROIS", NormalizedRects, optional=True)  # (F, 5), normalized to the frame

    Options = RoiLayer

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        if not {"ROIS", "FACES"} & {c.entry.tag for c in node.inputs}:
            raise ValueError("connect ROIS, the regions to draw")

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        return {"rois": None if self.rois.is_empty else self.rois.value.in_pixels(size)}

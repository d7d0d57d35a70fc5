"""Motion renderer: the heat of landmark motion."""

from typing import Any

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.motion_layer import MotionLayer
from attention_mesh.framework import Input, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class MotionRendererCalculator(FaceRenderer):
    """Colors all faces of a frame where they move, in a copy of it.

    A frame without a face passes unchanged. The node keeps the faces of the frame before.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; ROIS,
      with the track ids.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: opacity, full_speed, seconds and relative, see `MotionLayer`.

    Example::

        node {
          calculator: "MotionRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.MotionRendererCalculatorOptions] { relative: true }
          }
        }
    """

    rois = Input("ROIS", NormalizedRects, optional=True)  # of the same faces, for their track ids

    Options = MotionLayer

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        rois = self.rois.value
        return {"ids": None if rois is None else rois.ids}

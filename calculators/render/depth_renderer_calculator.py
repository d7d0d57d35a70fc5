"""Depth renderer: shaded surfaces."""

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.depth_layer import DepthLayer
from attention_mesh.framework import calculator


@calculator
class DepthRendererCalculator(FaceRenderer):
    """Draws the surface of all faces of a frame, shaded by its normals and its depth, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: colors and opacity, see `DepthLayer`.

    Example::

        node {
          calculator: "DepthRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.DepthRendererCalculatorOptions] { opacity: 1 }
          }
        }
    """

    Options = DepthLayer

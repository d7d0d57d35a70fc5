"""Irises renderer: the outlines of irises."""

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.irises_layer import IrisesLayer
from attention_mesh.framework import calculator


@calculator
class IrisesRendererCalculator(FaceRenderer):
    """Draws the irises of all faces of a frame; meshes of 468 landmarks have none, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: colors, width and opacity of the outlines, see `IrisesLayer`.

    Example::

        node {
          calculator: "IrisesRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.IrisesRendererCalculatorOptions] { width: 3 }
          }
        }
    """

    Options = IrisesLayer

"""Contours renderer: face ovals, lips, eyes and eyebrows."""

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.framework import calculator


@calculator
class ContoursRendererCalculator(FaceRenderer):
    """Draws the contours of all faces of a frame, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: colors, width and opacity of the lines, and which parts are drawn, see `ContoursLayer`.

    Example::

        node {
          calculator: "ContoursRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.ContoursRendererCalculatorOptions] { eyebrows: false }
          }
        }
    """

    Options = ContoursLayer

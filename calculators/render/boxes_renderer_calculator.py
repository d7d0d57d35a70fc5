"""Boxes renderer: upright boxes around faces."""

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.boxes_layer import BoxesLayer
from attention_mesh.framework import calculator


@calculator
class BoxesRendererCalculator(FaceRenderer):
    """Draws a box around the landmarks of each face of a frame, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: color, width and opacity of the lines, and the margin, see `BoxesLayer`.

    Example::

        node {
          calculator: "BoxesRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.BoxesRendererCalculatorOptions] { margin: 0.1 }
          }
        }
    """

    Options = BoxesLayer

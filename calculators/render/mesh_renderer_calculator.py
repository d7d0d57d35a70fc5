"""Mesh renderer: the edges of the mesh."""

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.framework import calculator


@calculator
class MeshRendererCalculator(FaceRenderer):
    """Draws the tessellation of all faces of a frame, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: color, width, opacity: of the lines, see `MeshLayer`.

    Example::

        node {
          calculator: "MeshRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.MeshRendererCalculatorOptions] { opacity: 0.3 }
          }
        }
    """

    Options = MeshLayer

"""Gaze renderer: rays in the directions in which eyes look."""

from typing import Any

import numpy as np

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.gaze_layer import GazeLayer
from attention_mesh.framework import Input, calculator


@calculator
class GazeRendererCalculator(FaceRenderer):
    """Draws the gaze of all faces of a frame, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; GAZE
      and EYES_OPEN of the same faces, of GazeCalculator.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: colors, width, opacity and length of the arrows, see `GazeLayer`.

    Example::

        node {
          calculator: "GazeRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "GAZE:gaze"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.GazeRendererCalculatorOptions] { length: 1 }
          }
        }
    """

    gaze = Input("GAZE", np.ndarray)  # (F, 3, 3) float32 unit vectors: left, right, mean
    eyes_open = Input("EYES_OPEN", np.ndarray, optional=True)  # (F, 2) bool, left and right

    Options = GazeLayer

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        return {"gaze": self.gaze.value, "eyes_open": self.eyes_open.value}

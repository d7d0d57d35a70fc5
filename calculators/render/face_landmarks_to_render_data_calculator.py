"""Render data of a face mesh: its contours and irises as lines, and a disc on each landmark."""

import numpy as np

from attention_mesh.calculators.render.landmarks_to_render_data_calculator import (
    LandmarksToRenderDataCalculator,
)
from attention_mesh.framework import calculator
from attention_mesh.models.topology.face_topology import FaceTopology

_LINES = (
    "LIPS",
    "RIGHT_EYE",
    "RIGHT_EYEBROW",
    "LEFT_IRIS",
    "LEFT_EYE",
    "LEFT_EYEBROW",
    "RIGHT_IRIS",
    "FACE_OVAL",
)  # in MediaPipe's order, which decides what lies on top


@calculator
class FaceLandmarksToRenderDataCalculator(LandmarksToRenderDataCalculator):
    """Draws the contours and irises of a face mesh, and a disc on each landmark.

    MediaPipe's node of this name, from its face mesh graphs. Without the landmarks of the irises, their lines
    are left out.

    Inputs: as LandmarksToRenderDataCalculator.
    Outputs: as LandmarksToRenderDataCalculator.
    Options: as LandmarksToRenderDataCalculator; `landmark_connections` has no effect.

    Example::

        node {
          calculator: "FaceLandmarksToRenderDataCalculator"
          input_stream: "NORM_LANDMARKS:face_landmarks"
          output_stream: "RENDER_DATA:landmarks_render_data"
          node_options {
            [type.googleapis.com/mediapipe.LandmarksToRenderDataCalculatorOptions] {
              landmark_color { r: 255 g: 0 b: 0 }
              connection_color { r: 0 g: 255 b: 0 }
              thickness: 2
              visualize_landmark_depth: false
            }
          }
        }
    """

    def landmark_pairs(self) -> np.ndarray:
        """(132, 2) ints: the lines of a face with 478 landmarks."""
        lines = FaceTopology.load().lines
        return np.concatenate([lines[name] for name in _LINES]).astype(np.intp)

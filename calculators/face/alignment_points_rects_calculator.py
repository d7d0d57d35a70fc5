"""Rotated squares around two keypoints of detections."""

from attention_mesh.calculators.face.detections_to_rects_calculator import DetectionsToRectsCalculator
from attention_mesh.framework import calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import alignment_squares


@calculator
class AlignmentPointsRectsCalculator(DetectionsToRectsCalculator):
    """Makes a square around each detection's first alignment point, twice as large as the way to the second.

    MediaPipe's node of this name, from its pose graphs. The two keypoints also rotate the square.

    Inputs: DETECTION or DETECTIONS; IMAGE_SIZE.
    Outputs: as DetectionsToRectsCalculator.
    Options: as DetectionsToRectsCalculator. The keypoints are needed; `conversion_mode` has no effect.

    Example::

        node {
          calculator: "AlignmentPointsRectsCalculator"
          input_stream: "DETECTIONS:detections"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "NORM_RECT:rect"
          node_options {
            [type.googleapis.com/mediapipe.DetectionsToRectsCalculatorOptions] {
              rotation_vector_start_keypoint_index: 0
              rotation_vector_end_keypoint_index: 1
              rotation_vector_target_angle_degrees: 90
            }
          }
        }
    """

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        if not node.options.HasField("rotation_vector_start_keypoint_index"):
            raise ValueError("rotation_vector_start_keypoint_index is missing: the square's center")

    def make_rects(self, detections: Detections) -> NormalizedRects:
        """A square for each detection."""
        assert self._keypoints is not None  # see `contract`
        return alignment_squares(detections, self.image_size.value, self._keypoints, self._angle)

"""Key points of a detection as landmarks."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class DetectionToLandmarksCalculator(Calculator):
    """Hands on the key points of detections as landmarks without depth.

    MediaPipe's node of this name.

    Inputs: DETECTION.
    Outputs: LANDMARKS, one face per detection; empty if the input is.

    Example::

        node {
          calculator: "DetectionToLandmarksCalculator"
          input_stream: "DETECTION:detection"
          output_stream: "LANDMARKS:landmarks"
        }
    """

    detection = Input("DETECTION", Detections)  # N; MediaPipe's graphs give one
    landmarks = Output("LANDMARKS", NormalizedLandmarks)  # (N, K, 3), z is 0
    timestamp_offset = 0

    def process(self) -> None:
        if self.detection.is_empty:
            return
        keypoints = self.detection.value.keypoints
        flat = np.zeros((*keypoints.shape[:2], 1), np.float32)
        self.landmarks.send(NormalizedLandmarks(np.concatenate([keypoints, flat], 2)))

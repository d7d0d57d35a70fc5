"""Detections that enclose landmarks."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks, landmark_bounds


@calculator
class LandmarksToDetectionCalculator(Calculator):
    """Makes a detection whose box is tight around the landmarks and whose keypoints are the landmarks.

    MediaPipe's node of this name, for all faces at once; the score is 0, because landmarks carry none.

    Inputs: NORM_LANDMARKS.
    Outputs: DETECTION, empty if the landmarks are.
    Options: `selected_landmark_indices`, the landmarks that count; default: all.

    Example::

        node {
          calculator: "LandmarksToDetectionCalculator"
          input_stream: "NORM_LANDMARKS:landmarks"
          output_stream: "DETECTION:detection"
        }
    """

    landmarks = Input("NORM_LANDMARKS", NormalizedLandmarks)  # (F, N, 3) in the frame
    detection = Output("DETECTION", Detections)  # F detections, all or the selected landmarks as keypoints
    timestamp_offset = 0

    Options = "mediapipe.LandmarksToDetectionCalculatorOptions"

    def open(self) -> None:
        self._selected = np.array(self.options.selected_landmark_indices, np.intp)

    def process(self) -> None:
        if self.landmarks.is_empty:
            return
        points = self.landmarks.value.points
        if len(self._selected):
            if self._selected.max() >= points.shape[1] or self._selected.min() < 0:
                raise ValueError(
                    f"selected_landmark_indices go up to {self._selected.max()}, "
                    f"but there are {points.shape[1]} landmarks"
                )
            points = points[:, self._selected]
        low, high = landmark_bounds(points)
        boxes = np.concatenate([low, high - low], axis=1)
        self.detection.send(Detections(boxes, points[:, :, :2], np.zeros(len(points), np.float32)))

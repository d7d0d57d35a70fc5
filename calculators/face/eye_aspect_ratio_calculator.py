"""Eye aspect ratios of the faces of a frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.landmark_groups import landmark_groups


@calculator
class EyeAspectRatioCalculator(Calculator):
    """Measures how far both eyes of every face are open, by the eye aspect ratio of Soukupová and Čech 2016.

    The ratio is measured in the picture, as in the paper. The six points of each eye are the landmark groups
    `left_eye_aspect` and `right_eye_aspect`.

    Inputs: LANDMARKS; IMAGE_SIZE.
    Outputs: EYE_ASPECT_RATIOS, empty if an input is.

    Example::

        node {
          calculator: "EyeAspectRatioCalculator"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "EYE_ASPECT_RATIOS:eye_aspect_ratios"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 478 or 468, 3)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    ratios = Output("EYE_ASPECT_RATIOS", np.ndarray)  # (F, 2) float32, left and right, 0 and above
    timestamp_offset = 0

    def open(self) -> None:
        groups = landmark_groups()
        self._lids = np.stack([groups["left_eye_aspect"], groups["right_eye_aspect"]])

    def process(self) -> None:
        if self.landmarks.is_empty or self.image_size.is_empty:
            return
        points_px = self.landmarks.value.in_pixels(self.image_size.value)
        self.ratios.send(eye_aspect_ratios(points_px[:, :, :2], self._lids))

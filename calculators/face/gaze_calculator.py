"""Gaze of the faces of a frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.geometry.gaze import VERGENCE_SHARE, EyeModel, gaze_vectors
from attention_mesh.models.topology.landmark_groups import landmark_groups


@calculator
class GazeCalculator(Calculator):
    """Finds where the eyes of every face look, from the irises and the pose of the head.

    `gaze_vectors` says how. A closed eye takes the direction of the other one. If both are closed, the gaze
    is where the head faces.

    Inputs: METRIC_LANDMARKS and POSES, of FacePoseCalculator, with irises; EYES_CLOSED, of
      BlinkEventsCalculator. Without EYES_CLOSED, an eye is closed if its aspect ratio is below an option.
    Outputs: GAZE; EYES_OPEN. Both are empty if METRIC_LANDMARKS or POSES is.
    Options: `closed_below`, an eye aspect ratio, measured in the face as seen from the front;
      `eye_radius_cm`, from the center of an eye to its iris; `vergence_share`, of the difference of both
      eyes, which is mostly an error: 1 leaves each eye as it was measured.

    Example::

        node {
          calculator: "GazeCalculator"
          input_stream: "METRIC_LANDMARKS:metric_landmarks"
          input_stream: "POSES:poses"
          output_stream: "GAZE:gaze"
        }
    """

    landmarks = Input("METRIC_LANDMARKS", np.ndarray)  # (F, 478, 3) float32, cm
    poses = Input("POSES", np.ndarray)  # (F, 4, 4) float32
    eyes_closed = Input("EYES_CLOSED", np.ndarray, optional=True)  # (F, 2) bool, left and right
    # (F, 3, 3) float32 unit vectors of the left eye, the right eye and their mean, in the camera's frame: x
    # to the right of the picture, y up, z toward the viewer.
    gaze = Output("GAZE", np.ndarray)
    eyes_open = Output("EYES_OPEN", np.ndarray, optional=True)  # (F, 2) bool, left and right
    timestamp_offset = 0

    class Options:
        closed_below: float = 0.1
        eye_radius_cm: float = 1.0
        vergence_share: float = VERGENCE_SHARE

    def open(self) -> None:
        if not self.options.eye_radius_cm > 0:
            raise ValueError(f"eye_radius_cm is {self.options.eye_radius_cm:g}; expected a number above 0")
        self._vergence_share = self.options.vergence_share
        if not 0 <= self._vergence_share <= 1:
            raise ValueError(f"vergence_share is {self._vergence_share:g}; expected a number from 0 to 1")
        groups = landmark_groups()
        self._eyes = EyeModel(
            corners=np.stack([groups["left_eye_corners"], groups["right_eye_corners"]]),
            irises=np.stack([groups["mirrored_left_iris"], groups["right_iris"]]),
            radius=self.options.eye_radius_cm,
        )
        self._lids = np.stack([groups["left_eye_aspect"], groups["right_eye_aspect"]])

    def process(self) -> None:
        if self.landmarks.is_empty or self.poses.is_empty:
            return
        points = self.landmarks.value
        if self.eyes_closed.connected and not self.eyes_closed.is_empty:
            is_open = ~self.eyes_closed.value
        else:
            is_open = eye_aspect_ratios(points[:, :, :2], self._lids) >= self.options.closed_below
        gaze = gaze_vectors(points, self.poses.value, self._eyes, is_open, self._vergence_share)
        self.gaze.send(gaze)
        if self.eyes_open.connected:
            self.eyes_open.send(is_open)

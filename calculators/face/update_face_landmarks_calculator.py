"""Face landmarks updated by finer ones of the eyes."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.refinement import refinement_plan


@calculator
class UpdateFaceLandmarksCalculator(Calculator):
    """Replaces the landmarks around both eyes, x, y and z.

    MediaPipe's node of this name, from iris tracking.

    Inputs: FACE_LANDMARKS; NEW_EYE_LANDMARKS, 71 of the eye at landmark 33, then 71 of the other, in the
      order of the iris network.
    Outputs: UPDATED_FACE_LANDMARKS, empty if an input is.

    Example::

        node {
          calculator: "UpdateFaceLandmarksCalculator"
          input_stream: "FACE_LANDMARKS:face_landmarks"
          input_stream: "NEW_EYE_LANDMARKS:eye_contours"
          output_stream: "UPDATED_FACE_LANDMARKS:refined_landmarks"
        }
    """

    face_landmarks = Input("FACE_LANDMARKS", NormalizedLandmarks)  # (F, 468, 3)
    eye_landmarks = Input("NEW_EYE_LANDMARKS", NormalizedLandmarks)  # (F, 142, 3)
    updated = Output("UPDATED_FACE_LANDMARKS", NormalizedLandmarks)  # (F, 468, 3)
    timestamp_offset = 0

    def open(self) -> None:
        # The attention network's eye outputs have the order of the iris network's.
        _, _, (first, _), (second, _), *_ = refinement_plan()
        self._indices = np.concatenate([first, second])

    def process(self) -> None:
        if self.face_landmarks.is_empty or self.eye_landmarks.is_empty:
            return
        points, eyes = self.face_landmarks.value.points, self.eye_landmarks.value.points
        if points.shape[1] != 468 or eyes.shape[1] != len(self._indices) or len(points) != len(eyes):
            raise ValueError(
                f"landmarks of shapes {points.shape} and {eyes.shape}; expected (F, 468, 3) and (F, 142, 3)"
            )
        points = points.copy()
        points[:, self._indices] = eyes
        self.updated.send(NormalizedLandmarks(points))

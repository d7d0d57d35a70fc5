"""Projection of landmarks from crops to the frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import project_landmarks, project_landmarks_by_matrix


@calculator
class LandmarkProjectionCalculator(Calculator):
    """Projects landmarks from the region in which they were found to the whole frame.

    MediaPipe's node of this name, for all faces at once: face i of the landmarks lies in rectangle i.

    Inputs: NORM_LANDMARKS, one or more streams; the region, either as NORM_RECT (square in pixels, unless
      IMAGE_DIMENSIONS is connected) or as PROJECTION_MATRIX.
    Outputs: NORM_LANDMARKS, one per input, empty if the landmarks or the region are.
    Options: `ignore_rotation`, which takes the regions as upright.

    Example::

        node {
          calculator: "LandmarkProjectionCalculator"
          input_stream: "NORM_LANDMARKS:crop_landmarks"
          input_stream: "NORM_RECT:rois"
          output_stream: "NORM_LANDMARKS:landmarks"
        }
    """

    landmarks = Input("NORM_LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) in the crops
    rects = Input("NORM_RECT", NormalizedRects, optional=True)  # F rectangles in the frame
    image_dimensions = Input("IMAGE_DIMENSIONS", tuple, optional=True)  # (width, height) px of the frame
    matrix = Input("PROJECTION_MATRIX", optional=True)  # 16 numbers, row-major, from the crop to the frame
    projected = Output("NORM_LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) in the frame
    timestamp_offset = 0

    Options = "mediapipe.LandmarkProjectionCalculatorOptions"

    def open(self) -> None:
        if self.rects.connected == self.matrix.connected:
            raise ValueError("connect one of NORM_RECT and PROJECTION_MATRIX")
        if self.image_dimensions.connected and not self.rects.connected:
            raise ValueError("IMAGE_DIMENSIONS is of use with NORM_RECT only")
        if len(self.landmarks) != len(self.projected):
            raise ValueError(
                f"{len(self.landmarks)} NORM_LANDMARKS inputs but {len(self.projected)} outputs; "
                "expected as many"
            )
        self._ignore_rotation = self.options.ignore_rotation

    def process(self) -> None:
        region = self.rects if self.rects.connected else self.matrix
        if region.is_empty or (self.image_dimensions.connected and self.image_dimensions.is_empty):
            return
        for landmarks, projected in zip(self.landmarks, self.projected, strict=True):
            if not landmarks.is_empty:
                projected.send(NormalizedLandmarks(self._project(landmarks.value.points)))

    def _project(self, points: np.ndarray) -> np.ndarray:
        if self.matrix.connected:
            return project_landmarks_by_matrix(points, self.matrix.value)
        rects = self.rects.value.values
        if self._ignore_rotation:
            rects = np.column_stack([rects[:, :4], np.zeros(len(rects), np.float32)])
        return project_landmarks(points, rects, self.image_dimensions.value)

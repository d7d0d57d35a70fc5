"""LandmarksToDetectionCalculator: the box around landmarks."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "LandmarksToDetectionCalculator"
FACE = NormalizedLandmarks(np.array([[[0.2, 0.6, 1], [0.5, 0.1, 2], [-0.1, 0.3, 3]]], np.float32))


def test_the_box_encloses_all_landmarks_and_they_are_the_keypoints():
    detections = run_calculator(NAME, {"NORM_LANDMARKS": [(0, FACE)]}).values("DETECTION")[0]
    np.testing.assert_allclose(detections.boxes, [[-0.1, 0.1, 0.6, 0.5]], rtol=1e-6)
    np.testing.assert_array_equal(detections.keypoints, FACE.points[:, :, :2])


def test_a_selection_makes_box_and_keypoints():
    run = run_calculator(NAME, {"NORM_LANDMARKS": [(0, FACE)]}, {}, "selected_landmark_indices: [1, 0]")
    detections = run.values("DETECTION")[0]
    np.testing.assert_allclose(detections.boxes, [[0.2, 0.1, 0.3, 0.5]], rtol=1e-6)
    np.testing.assert_array_equal(detections.keypoints, FACE.points[:, [1, 0], :2])


def test_a_selection_outside_the_landmarks_is_an_error():
    with pytest.raises(Exception, match="up to 3, but there are 3"):
        run_calculator(NAME, {"NORM_LANDMARKS": [(0, FACE)]}, {}, "selected_landmark_indices: 3")


def test_bounds_pass_through():
    assert (
        run_calculator(NAME, {"NORM_LANDMARKS": []}, bounds={"NORM_LANDMARKS": 70}).bound("DETECTION") == 70
    )

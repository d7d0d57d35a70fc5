"""Squares around the alignment points of detections."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "AlignmentPointsRectsCalculator"
OPTIONS = (
    "rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 1 "
    "rotation_vector_target_angle_degrees: 90"
)
KEYPOINTS = np.float32(
    [[(0.1, 0.2), (0.3, 0.2)], [(0.5, 0.5), (0.6, 0.7)], [(0.5, 0.5), (0.5, 0.1)], [(0.4, 0.6), (0.2, 0.9)]]
)
BODIES = Detections(np.full((4, 4), 0.1), KEYPOINTS, np.full(4, 0.5))
# What mediapipe 0.10.21 gives for each of these detections in an image of 200x100.
OFFICIAL = [
    [0.1, 0.2, 0.4, 0.8, 1.570796],
    [0.5, 0.5, 0.282843, 0.565686, 2.356194],
    [0.5, 0.5, 0.4, 0.8, 0.0],
    [0.4, 0.6, 0.5, 1.0, -2.214297],
]


def test_each_detection_gives_the_official_square():
    inputs = {"DETECTIONS": [(0, BODIES)], "IMAGE_SIZE": [(0, (200, 100))]}
    (rects,) = run_calculator(NAME, inputs, options=OPTIONS, outputs=["NORM_RECTS"]).values("NORM_RECTS")
    np.testing.assert_allclose(rects.values, OFFICIAL, atol=2e-6)  # printed with six digits


def test_without_a_detection_there_is_no_square():
    inputs = {"DETECTIONS": [(0, Detections.empty(2))], "IMAGE_SIZE": [(0, (200, 100))]}
    (rects,) = run_calculator(NAME, inputs, options=OPTIONS, outputs=["NORM_RECTS"]).values("NORM_RECTS")
    assert len(rects) == 0


@pytest.mark.parametrize(
    "options, inputs, problem",
    [
        ("", {"IMAGE_SIZE": []}, "rotation_vector_start_keypoint_index is missing"),
        (OPTIONS, {}, "IMAGE_SIZE is missing"),
    ],
)
def test_what_the_square_needs_must_be_given(options, inputs, problem):
    with pytest.raises(ConfigError, match=problem):
        run_calculator(NAME, {"DETECTIONS": [], **inputs}, options=options, outputs=["NORM_RECTS"])

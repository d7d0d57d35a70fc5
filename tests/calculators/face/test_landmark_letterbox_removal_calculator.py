"""Landmarks without the bars."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "LandmarkLetterboxRemovalCalculator"
# MediaPipe's own example: a 10×10 image in one of 20×40 leaves a quarter above and below.
PADDING = np.float32([[0, 0.25, 0, 0.25]])


def landmarks(*points) -> NormalizedLandmarks:
    return NormalizedLandmarks(np.float32([points]))


def test_several_streams_are_adjusted_each():
    run = run_calculator(
        NAME,
        {
            "LANDMARKS:0": [(0, landmarks([0.1, 0.25, 0.1]))],
            "LANDMARKS:1": [(0, landmarks([0.7, 0.5, 0], [1, 0.75, 0]))],
            "LETTERBOX_PADDING": [(0, PADDING)],
        },
        outputs=["LANDMARKS:0", "LANDMARKS:1"],
    )
    np.testing.assert_allclose(run.values("LANDMARKS:0")[0].points, [[[0.1, 0, 0.1]]], atol=1e-7)
    np.testing.assert_allclose(run.values("LANDMARKS:1")[0].points, [[[0.7, 0.5, 0], [1, 1, 0]]], atol=1e-7)


def test_without_landmarks_or_padding_only_the_bound_moves():
    inputs = {"LANDMARKS": [(0, landmarks([0, 0, 0]))], "LETTERBOX_PADDING": [(1, PADDING)]}
    run = run_calculator(NAME, inputs, bounds={"LANDMARKS": 2, "LETTERBOX_PADDING": 2})
    assert run.values("LANDMARKS") == [] and run.bound("LANDMARKS") == 2


def test_an_output_an_input():
    with pytest.raises(ConfigError, match="1 LANDMARKS inputs but 2 outputs"):
        inputs = {"LANDMARKS": [], "LETTERBOX_PADDING": []}
        run_calculator(NAME, inputs, outputs=["LANDMARKS:0", "LANDMARKS:1"])

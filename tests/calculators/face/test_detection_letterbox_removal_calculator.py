"""Detections without the bars."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionLetterboxRemovalCalculator"
PADDING = np.float32([[0.2, 0, 0.3, 0]])
FOUND = Detections(
    np.float32([[0.25, 0.25, 0.25, 0.25]]), np.float32([[[0.3, 0.2]]]), np.float32([0.8]), labels=("face",)
)


def test_box_and_keypoints_spread_over_what_lies_between_the_bars():
    inputs = {"DETECTIONS": [(0, FOUND)], "LETTERBOX_PADDING": [(0, PADDING)]}
    (adjusted,) = run_calculator(NAME, inputs).values("DETECTIONS")
    np.testing.assert_allclose(adjusted.boxes, [[0.1, 0.25, 0.5, 0.25]], atol=1e-6)
    np.testing.assert_allclose(adjusted.keypoints, [[[0.2, 0.2]]], atol=1e-6)
    assert adjusted.scores.tolist() == FOUND.scores.tolist() and adjusted.labels == ("face",)


def test_without_detections_only_the_bound_moves():
    inputs = {"DETECTIONS": [], "LETTERBOX_PADDING": [(0, PADDING)]}
    run = run_calculator(NAME, inputs, bounds={"DETECTIONS": 1})
    assert run.values("DETECTIONS") == [] and run.bound("DETECTIONS") == 1


def test_the_padding_of_several_regions_is_refused():
    inputs = {"DETECTIONS": [(0, FOUND)], "LETTERBOX_PADDING": [(0, np.zeros((2, 4), np.float32))]}
    with pytest.raises(CalculatorError, match="the padding of 2 regions; expected one"):
        run_calculator(NAME, inputs)

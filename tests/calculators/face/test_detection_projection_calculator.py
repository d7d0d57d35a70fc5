"""Detections back in the image."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.projection import crop_to_image_matrices

FOUND = Detections(np.array([[0, 0.5, 0.5, 0.5]]), np.zeros((1, 6, 2)), np.array([0.9]))
MATRIX = crop_to_image_matrices(np.array([[75, 25, 50, 50, 0]]), (100, 50))


def test_each_stream_is_projected():
    run = run_calculator(
        "DetectionProjectionCalculator",
        {"DETECTIONS:0": [(5, FOUND)], "DETECTIONS:1": [], "PROJECTION_MATRIX": [(5, MATRIX)]},
        outputs=["DETECTIONS:0", "DETECTIONS:1"],
        bounds={"DETECTIONS:1": 6},
    )
    np.testing.assert_allclose(run.values("DETECTIONS:0")[0].boxes, [[0.5, 0.5, 0.25, 0.5]], atol=1e-6)
    assert run.values("DETECTIONS:1") == [] and run.bound("DETECTIONS:1") == 6


def test_without_matrix_nothing_comes_out():
    run = run_calculator(
        "DetectionProjectionCalculator",
        {"DETECTIONS": [(5, FOUND)], "PROJECTION_MATRIX": []},
        bounds={"PROJECTION_MATRIX": 6},
    )
    assert run.values("DETECTIONS") == [] and run.bound("DETECTIONS") == 6


def test_matrices_of_a_batch_are_refused():
    with pytest.raises(CalculatorError, match=r"shape \(2, 4, 4\); expected those of one region"):
        run_calculator(
            "DetectionProjectionCalculator",
            {"DETECTIONS": [(5, FOUND)], "PROJECTION_MATRIX": [(5, np.concatenate([MATRIX, MATRIX]))]},
        )

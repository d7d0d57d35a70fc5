"""LandmarkProjectionCalculator: which formula its connections choose."""

import math

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "LandmarkProjectionCalculator"
LANDMARKS = NormalizedLandmarks(np.array([[[1, 0.5, 0.5]]], np.float32))
TURNED = NormalizedRects(np.array([[0.5, 0.5, 0.2, 0.2, math.pi / 2]], np.float32))


def run(inputs, options=None, **kwargs):
    return run_calculator(NAME, inputs, {}, options, **kwargs)


def test_a_region_projects_with_its_rotation():
    result = run({"NORM_LANDMARKS": [(0, LANDMARKS)], "NORM_RECT": [(0, TURNED)]}).values("NORM_LANDMARKS")[0]
    np.testing.assert_allclose(result.points, [[[0.5, 0.6, 0.1]]], atol=1e-6)


def test_ignore_rotation_takes_the_region_as_upright():
    result = run({"NORM_LANDMARKS": [(0, LANDMARKS)], "NORM_RECT": [(0, TURNED)]}, "ignore_rotation: true")
    np.testing.assert_allclose(result.values("NORM_LANDMARKS")[0].points, [[[0.6, 0.5, 0.1]]], atol=1e-6)


def test_image_dimensions_make_it_right_for_regions_that_are_not_square():
    inputs = {
        "NORM_LANDMARKS": [(0, LANDMARKS)],
        "NORM_RECT": [(0, TURNED)],
        "IMAGE_DIMENSIONS": [(0, (1000, 500))],
    }
    result = run(inputs).values("NORM_LANDMARKS")[0]
    np.testing.assert_allclose(result.points, [[[0.5, 0.7, 0.2]]], atol=1e-6)


def test_a_matrix_serves_instead_of_a_region():
    matrix = np.array([[2, 0, 0, 0.1], [0, 3, 0, 0.2], [0, 0, 1, 0], [0, 0, 0, 1]], np.float32)
    inputs = {"NORM_LANDMARKS": [(0, LANDMARKS)], "PROJECTION_MATRIX": [(0, matrix)]}
    np.testing.assert_allclose(run(inputs).values("NORM_LANDMARKS")[0].points, [[[2.1, 1.7, 1.0]]], rtol=1e-6)


def test_several_sets_share_one_region():
    inputs = {
        "NORM_LANDMARKS:0": [(0, LANDMARKS)],
        "NORM_LANDMARKS:1": [(0, LANDMARKS)],
        "NORM_RECT": [(0, TURNED)],
    }
    result = run(inputs, outputs=["NORM_LANDMARKS:0", "NORM_LANDMARKS:1"])
    np.testing.assert_array_equal(
        result.values("NORM_LANDMARKS:0")[0].points, result.values("NORM_LANDMARKS:1")[0].points
    )


def test_no_region_no_landmarks():
    result = run({"NORM_LANDMARKS": [(0, LANDMARKS)], "NORM_RECT": []}, bounds={"NORM_RECT": 1})
    assert result.values("NORM_LANDMARKS") == []


def test_neither_region_nor_matrix_is_an_error():
    with pytest.raises(Exception, match="NORM_RECT and PROJECTION_MATRIX"):
        run({"NORM_LANDMARKS": [(0, LANDMARKS)]})


def test_a_frame_without_landmarks_is_settled_downstream_too():
    inputs = {"NORM_LANDMARKS": [], "NORM_RECT": []}
    run = run_calculator("LandmarkProjectionCalculator", inputs, bounds={"NORM_LANDMARKS": 8, "NORM_RECT": 8})
    assert run.bound("NORM_LANDMARKS") == 8

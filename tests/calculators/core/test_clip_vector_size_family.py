"""Keeping the first items."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "ClipDetectionVectorSizeCalculator"
THREE = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.8, 0.7]))


def test_the_side_packet_or_the_option_says_how_many_stay():
    (by_side,) = run_calculator(NAME, {"": [(1, THREE)]}, {"": 2}).values("")
    np.testing.assert_array_equal(by_side.scores, np.float32([0.9, 0.8]))
    (by_default,) = run_calculator(NAME, {"": [(1, THREE)]}).values("")
    np.testing.assert_array_equal(by_default.scores, np.float32([0.9]))


def test_a_collection_that_is_short_enough_passes_as_it_is():
    assert run_calculator(NAME, {"": [(1, THREE)]}, options="max_vec_size: 5").values("")[0] is THREE


def test_rectangles_and_lists_are_clipped_too():
    rects = NormalizedRects(np.zeros((3, 5)), np.array([7, 8, 9]))
    (clipped,) = run_calculator(
        "ClipNormalizedRectVectorSizeCalculator", {"": [(1, rects)]}, options="max_vec_size: 2"
    ).values("")
    assert clipped.ids.tolist() == [7, 8]
    (numbers,) = run_calculator(
        "ClipIntVectorSizeCalculator", {"": [(1, [4, 5, 6])]}, options="max_vec_size: 2"
    ).values("")
    assert numbers == [4, 5]


def test_a_number_below_one_is_refused():
    with pytest.raises(CalculatorError, match="at most 0 items are to stay; expected at least 1"):
        run_calculator(NAME, {"": [(1, THREE)]}, {"": 0})

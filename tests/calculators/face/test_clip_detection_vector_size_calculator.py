"""Keeping the first detections."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "ClipDetectionVectorSizeCalculator"
THREE = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.8, 0.7]))


def test_the_side_packet_or_the_option_says_how_many_stay():
    (by_side,) = run_calculator(NAME, {"": [(1, THREE)]}, {"": 2}).values("")
    np.testing.assert_allclose(by_side.scores, [0.9, 0.8])
    (by_default,) = run_calculator(NAME, {"": [(1, THREE)]}).values("")
    np.testing.assert_allclose(by_default.scores, [0.9])


def test_a_list_that_is_short_enough_passes_as_it_is():
    assert run_calculator(NAME, {"": [(1, THREE)]}, options="max_vec_size: 5").values("")[0] is THREE


def test_a_number_below_one_is_refused():
    with pytest.raises(CalculatorError, match="at most 0 detections; expected at least 1"):
        run_calculator(NAME, {"": [(1, THREE)]}, {"": 0})

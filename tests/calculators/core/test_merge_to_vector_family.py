"""Single items put together."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections


def test_one_item_of_each_input_makes_a_list_or_a_value_of_the_array_type():
    images = [np.full((2, 2, 3), number, np.uint8) for number in (1, 2)]
    run = run_calculator("MergeImagesToVectorCalculator", {":0": [(5, images[0])], ":1": [(5, images[1])]})
    assert [int(image[0, 0, 0]) for image in run.values("")[0]] == [1, 2]
    one = Detections(np.zeros((1, 4)), np.zeros((1, 6, 2)), np.array([0.5]))
    run = run_calculator("MergeDetectionsToVectorCalculator", {":0": [(5, one)], ":1": [(5, one)]})
    assert run.values("")[0].scores.tolist() == [0.5, 0.5]


def test_a_missing_item_is_an_error():
    with pytest.raises(CalculatorError, match='input "in_1" has no packet where others have'):
        run_calculator("MergeThingsToVectorCalculator", {":0": [(5, "a")], ":1": []}, bounds={":1": 6})

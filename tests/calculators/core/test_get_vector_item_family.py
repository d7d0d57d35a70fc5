"""Taking one item."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "GetThingVectorItemCalculator"
VECTOR = [(5, ["a", "b"]), (6, ["c", "d"])]


def test_the_option_or_the_stream_says_which_and_the_stream_goes_first():
    assert run_calculator(NAME, {"VECTOR": VECTOR}, options="item_index: 1").values("ITEM") == ["b", "d"]
    run = run_calculator(
        NAME, {"VECTOR": VECTOR, "INDEX": [(6, 0)]}, options="item_index: 1", bounds={"INDEX": 7}
    )
    assert run.values("ITEM") == ["b", "c"]
    run = run_calculator(NAME, {"VECTOR": VECTOR, "INDEX": [(6, 0)]})
    assert run.values("ITEM") == ["c"]


def test_an_item_of_an_array_type_is_a_value_of_one_entry():
    faces = NormalizedLandmarks(np.arange(12).reshape(2, 2, 3))
    run = run_calculator(
        "GetNormalizedLandmarkListVectorItemCalculator", {"VECTOR": [(5, faces)]}, options="item_index: 1"
    )
    np.testing.assert_array_equal(run.values("ITEM")[0].points, faces.points[1:])


def test_an_index_out_of_the_collection_is_an_error_or_gives_nothing():
    for index in (2, -1):
        with pytest.raises(CalculatorError, match=f"item {index} was asked for, but the collection has 2"):
            run_calculator(NAME, {"VECTOR": VECTOR}, options=f"item_index: {index}")
    run = run_calculator(NAME, {"VECTOR": VECTOR}, options="item_index: 2 output_empty_on_oob: true")
    assert run.values("ITEM") == [] and run.bound("ITEM") == 7


def test_one_of_stream_and_option_is_needed():
    with pytest.raises(ConfigError, match="neither the stream INDEX nor the option item_index"):
        run_calculator(NAME, {"VECTOR": VECTOR})

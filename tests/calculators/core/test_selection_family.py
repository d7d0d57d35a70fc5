"""Items selected by number, by condition or by index."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

CLIP = "ClipDetectionVectorSizeCalculator"
THREE_DETECTIONS = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.8, 0.7]))


def test_the_side_packet_or_the_option_says_how_many_stay():
    (by_side,) = run_calculator(CLIP, {"": [(1, THREE_DETECTIONS)]}, {"": 2}).values("")
    np.testing.assert_array_equal(by_side.scores, np.float32([0.9, 0.8]))
    (by_default,) = run_calculator(CLIP, {"": [(1, THREE_DETECTIONS)]}).values("")
    np.testing.assert_array_equal(by_default.scores, np.float32([0.9]))


def test_a_collection_that_is_short_enough_passes_as_it_is():
    assert (
        run_calculator(CLIP, {"": [(1, THREE_DETECTIONS)]}, options="max_vec_size: 5").values("")[0]
        is THREE_DETECTIONS
    )


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
    with pytest.raises(CalculatorError, match="the maximum number of items is 0; expected at least 1"):
        run_calculator(CLIP, {"": [(1, THREE_DETECTIONS)]}, {"": 0})


THREE_RECTS = NormalizedRects(np.zeros((3, 5)), np.array([7, 8, 9]))
FILTER = "FilterNormalizedRectCollectionCalculator"


def filtered(name: str, collection, condition):
    run = run_calculator(name, {"ITERABLE": [(5, collection)], "CONDITION": [(5, condition)]})
    return run.values("ITERABLE")[0]


def test_items_stay_where_the_condition_is_true():
    assert filtered(FILTER, THREE_RECTS, [True, False, True]).ids.tolist() == [7, 9]
    assert filtered("FilterUInt64CollectionCalculator", [4, 5], np.array([False, True])) == [5]


def test_nothing_left_is_an_empty_collection():
    assert len(filtered(FILTER, THREE_RECTS, [False] * 3)) == 0


def test_without_a_condition_there_is_no_packet():
    run = run_calculator(FILTER, {"ITERABLE": [(5, THREE_RECTS)], "CONDITION": []}, bounds={"CONDITION": 6})
    assert run.values("ITERABLE") == [] and run.bound("ITERABLE") == 6


def test_a_condition_of_another_length_is_an_error():
    with pytest.raises(CalculatorError, match="CONDITION has 2 values for 3 items"):
        filtered(FILTER, THREE_RECTS, [True, False])


GET = "GetThingVectorItemCalculator"
VECTOR = [(5, ["a", "b"]), (6, ["c", "d"])]


def test_the_option_or_the_stream_says_which_and_the_stream_goes_first():
    assert run_calculator(GET, {"VECTOR": VECTOR}, options="item_index: 1").values("ITEM") == ["b", "d"]
    run = run_calculator(
        GET, {"VECTOR": VECTOR, "INDEX": [(6, 0)]}, options="item_index: 1", bounds={"INDEX": 7}
    )
    assert run.values("ITEM") == ["b", "c"]
    run = run_calculator(GET, {"VECTOR": VECTOR, "INDEX": [(6, 0)]})
    assert run.values("ITEM") == ["c"]


def test_an_item_of_an_array_type_is_a_value_of_one_entry():
    faces = NormalizedLandmarks(np.arange(12).reshape(2, 2, 3))
    run = run_calculator(
        "GetNormalizedLandmarkListVectorItemCalculator", {"VECTOR": [(5, faces)]}, options="item_index: 1"
    )
    np.testing.assert_array_equal(run.values("ITEM")[0].points, faces.points[1:])


def test_an_index_out_of_the_collection_is_an_error_or_gives_nothing():
    for index in (2, -1):
        with pytest.raises(CalculatorError, match=f"there is no item {index}: the collection has 2"):
            run_calculator(GET, {"VECTOR": VECTOR}, options=f"item_index: {index}")
    run = run_calculator(GET, {"VECTOR": VECTOR}, options="item_index: 2 output_empty_on_oob: true")
    assert run.values("ITEM") == [] and run.bound("ITEM") == 7


def test_one_of_stream_and_option_is_needed():
    with pytest.raises(ConfigError, match="neither the stream INDEX nor the option item_index"):
        run_calculator(GET, {"VECTOR": VECTOR})

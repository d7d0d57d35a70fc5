"""Cutting collections: lists, array types, and the points of a face."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

TWO_RANGES = "ranges { begin: 0 end: 2 } ranges { begin: 2 end: 3 }"
ITEMS = "ranges { begin: 2 end: 3 } ranges { begin: 0 end: 1 } element_only: true"
BOTH = [":0", ":1"]


def split(name: str, value, options: str, outputs=BOTH) -> list:
    run = run_calculator(name, {"": [(7, value)]}, options=options, outputs=outputs)
    return [run.values(output)[0] for output in outputs]


def test_ranges_of_tensors_leave_by_their_outputs():
    tensors = [np.full(1, number) for number in range(3)]
    first, last = split("SplitTensorVectorCalculator", tensors, TWO_RANGES)
    assert [int(tensor[0]) for tensor in first] == [0, 1] and [int(tensor[0]) for tensor in last] == [2]


def test_single_items_leave_by_themselves():
    assert split("SplitFloatVectorCalculator", [0.5, 0.25, 0.125], ITEMS) == [0.125, 0.5]
    third, first = split("SplitNormalizedRectVectorCalculator", rects(3), ITEMS)
    assert third.ids.tolist() == [2] and first.ids.tolist() == [0]


def rects(count: int) -> NormalizedRects:
    return NormalizedRects(np.zeros((count, 5)), np.arange(count))


def test_combined_ranges_leave_together_in_the_order_of_the_options():
    options = "ranges { begin: 2 end: 3 } ranges { begin: 0 end: 1 } combine_outputs: true"
    (whole,) = split("SplitNormalizedRectVectorCalculator", rects(3), options, [""])
    assert whole.ids.tolist() == [2, 0]
    (numbers,) = split("SplitUint64tVectorCalculator", [5, 6, 7], options, [""])
    assert numbers == [7, 5]


def test_detections_and_an_array_of_numbers_are_cut_along_their_first_axis():
    detections = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.5, 0.25, 0.125]))
    first, last = split("SplitDetectionVectorCalculator", detections, TWO_RANGES)
    assert first.scores.tolist() == [0.5, 0.25] and last.scores.tolist() == [0.125]
    assert split("SplitFloatVectorCalculator", np.array([1.0, 2.0, 3.0]), TWO_RANGES) == [[1.0, 2.0], [3.0]]


def test_the_name_says_whether_faces_or_points_are_cut():
    points = np.arange(3 * 3 * 3, dtype=np.float32).reshape(3, 3, 3)
    faces = split("SplitNormalizedLandmarkListVectorCalculator", NormalizedLandmarks(points), TWO_RANGES)
    np.testing.assert_array_equal(faces[0].points, points[:2])
    for name in ("SplitNormalizedLandmarkListCalculator", "SplitLandmarkVectorCalculator"):
        first, last = split(name, NormalizedLandmarks(points[:1]), TWO_RANGES)
        np.testing.assert_array_equal(first.points, points[:1, :2])
        np.testing.assert_array_equal(last.points, points[:1, 2:])
    third, _ = split("SplitNormalizedLandmarkListCalculator", NormalizedLandmarks(points[:1]), ITEMS)
    np.testing.assert_array_equal(third.points, points[:1, 2:])


def test_the_entries_of_a_list_message_are_cut():
    landmarks = parse_text(
        "landmark { x: 1 } landmark { x: 2 } landmark { x: 3 }", message_class("mediapipe.LandmarkList")()
    )
    first, last = split("SplitLandmarkListCalculator", landmarks, TWO_RANGES)
    assert [point.x for point in first.landmark] == [1, 2] and [point.x for point in last.landmark] == [3]
    third, _ = split("SplitLandmarkListCalculator", landmarks, ITEMS)
    assert third.x == 3 and third.DESCRIPTOR.full_name == "mediapipe.Landmark"


def test_an_empty_input_moves_only_the_bounds():
    run = run_calculator(
        "SplitFloatVectorCalculator", {"": []}, options=TWO_RANGES, outputs=BOTH, bounds={"": 9}
    )
    assert run.bound(":0") == 9 and run.values(":1") == []


def test_a_collection_that_is_too_short_is_an_error():
    with pytest.raises(CalculatorError, match="has 2 items, but a range ends at 3"):
        split("SplitFloatVectorCalculator", [0.5, 0.25], TWO_RANGES)


@pytest.mark.parametrize(
    ("options", "outputs", "message"),
    [
        ("", [""], "no ranges"),
        ("ranges { begin: 1 end: 1 }", [""], "a range is 1 to 1; expected 0 <= begin < end"),
        ("ranges { begin: 0 end: -1 }", [""], "a range is 0 to -1"),
        (TWO_RANGES, [""], "2 ranges but 1 outputs"),
        ("ranges { begin: 0 end: 2 } element_only: true", [""], "holds more than one item"),
        (TWO_RANGES + " combine_outputs: true", BOTH, "combine_outputs is set, but there are 2 outputs"),
        (
            "ranges { begin: 0 end: 2 } ranges { begin: 1 end: 3 } combine_outputs: true",
            [""],
            "ranges 0 to 2 and 1 to 3 overlap",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options, outputs, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator("SplitFloatVectorCalculator", {"": []}, options=options, outputs=outputs)

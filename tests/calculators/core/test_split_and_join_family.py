"""Collections split and joined: lists, array types, and the points of a face."""

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


def concatenate(name: str, *values, options: str = ""):
    inputs = {f":{index}": [(5, value)] for index, value in enumerate(values)}
    (whole,) = run_calculator(name, inputs, options=options).values("")
    return whole


def faces(*numbers: int, size: int = 2) -> NormalizedLandmarks:
    return NormalizedLandmarks(np.array([np.full((size, 3), number) for number in numbers]))


def test_lists_are_put_after_one_another_and_single_items_count_as_lists_of_one():
    assert concatenate("ConcatenateFloatVectorCalculator", [1.0, 2.0], 3.0, [4.0]) == [1.0, 2.0, 3.0, 4.0]
    tensor = np.zeros(2)
    whole = concatenate("ConcatenateTensorVectorCalculator", [tensor], tensor, [])
    assert len(whole) == 2 and all(item is tensor for item in whole)
    data = message_class("mediapipe.ClassificationList")()
    assert concatenate("ConcatenateClassificationListVectorCalculator", data, [data]) == [data, data]


@pytest.mark.parametrize(
    "name", ["ConcatenateNormalizedLandmarkListVectorCalculator", "ConcatenateLandmarListVectorCalculator"]
)
def test_faces_are_put_after_one_another(name):
    whole = concatenate(name, faces(1, 2), faces(3))
    assert whole.points[:, 0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "name", ["ConcatenateNormalizedLandmarkListCalculator", "ConcatenateLandmarkVectorCalculator"]
)
def test_the_points_of_a_face_are_put_after_one_another(name):
    whole = concatenate(name, faces(1, size=2), faces(2, size=3))
    assert whole.points.shape == (1, 5, 3) and whole.points[0, :, 0].tolist() == [1, 1, 2, 2, 2]


def test_detections_are_joined():
    def found(score: float) -> Detections:
        return Detections(np.zeros((1, 4)), np.zeros((1, 6, 2)), np.array([score]))

    whole = concatenate("ConcatenateDetectionVectorCalculator", found(0.5), found(0.25))
    assert whole.scores.tolist() == [0.5, 0.25]


def test_the_entries_of_list_messages_are_joined():
    def classes(text: str):
        return parse_text(text, message_class("mediapipe.ClassificationList")())

    whole = concatenate(
        "ConcatenateClassificationListCalculator",
        classes("classification { index: 1 }"),
        classes("classification { index: 2 } classification { index: 3 }"),
    )
    assert [entry.index for entry in whole.classification] == [1, 2, 3]


@pytest.mark.parametrize(("only_all", "expected"), [(False, [[1, 2], [3]]), (True, [[1, 2]])])
def test_a_missing_packet_is_left_out_or_silences_the_node(only_all, expected):
    run = run_calculator(
        "ConcatenateInt32VectorCalculator",
        {":0": [(5, [1]), (6, [3])], ":1": [(5, [2])]},
        options={"only_emit_if_all_present": only_all},
        bounds={":1": 7},
    )
    assert run.values("") == expected and run.bound("") == 7


def test_points_of_different_numbers_of_faces_are_an_error():
    with pytest.raises(CalculatorError, match="the landmark lists are of 1 and 2 faces"):
        concatenate("ConcatenateNormalizedLandmarkListCalculator", faces(1), faces(1, 2))


def test_one_item_of_each_input_makes_a_list_or_a_value_of_the_array_type():
    images = [np.full((2, 2, 3), number, np.uint8) for number in (1, 2)]
    run = run_calculator("MergeImagesToVectorCalculator", {":0": [(5, images[0])], ":1": [(5, images[1])]})
    assert [int(image[0, 0, 0]) for image in run.values("")[0]] == [1, 2]
    one = Detections(np.zeros((1, 4)), np.zeros((1, 6, 2)), np.array([0.5]))
    run = run_calculator("MergeDetectionsToVectorCalculator", {":0": [(5, one)], ":1": [(5, one)]})
    assert run.values("")[0].scores.tolist() == [0.5, 0.5]


def test_a_missing_item_is_an_error():
    with pytest.raises(CalculatorError, match='input "in_1" has no packet although others have'):
        run_calculator("MergeThingsToVectorCalculator", {":0": [(5, "a")], ":1": []}, bounds={":1": 6})

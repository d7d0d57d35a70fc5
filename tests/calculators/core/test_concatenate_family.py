"""Joining collections: lists, items, array types, and the points of a face."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


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

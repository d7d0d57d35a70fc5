"""Items counted and listed, whatever type the node's name holds."""

import numpy as np
import pytest

from attention_mesh.calculators.core.collection_family import NamedCollection
from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


def test_items_of_lists_and_array_types_are_counted():
    run = run_calculator("IntVectorSizeCalculator", {"VECTOR": [(5, [4, 4]), (6, [])]})
    assert run.values("SIZE") == [2, 0]
    rects = NormalizedRects(np.zeros((3, 5)))
    assert run_calculator("NormalizedRectVectorSizeCalculator", {"VECTOR": [(5, rects)]}).values("SIZE") == [
        3
    ]


def test_no_packet_is_no_number():
    run = run_calculator("IntVectorSizeCalculator", {"VECTOR": []}, bounds={"VECTOR": 9})
    assert run.values("SIZE") == [] and run.bound("SIZE") == 9


def test_indices_count_the_items():
    run = run_calculator("IntVectorIndicesCalculator", {"VECTOR": [(5, [7, 8]), (6, [])]})
    assert run.values("INDICES") == [[0, 1], []]
    faces = NormalizedLandmarks(np.zeros((3, 2, 3)))
    run = run_calculator("NormalizedLandmarkListVectorIndicesCalculator", {"VECTOR": [(5, faces)]})
    assert run.values("INDICES") == [[0, 1, 2]]


def test_no_packet_gives_a_bound():
    run = run_calculator("IntVectorIndicesCalculator", {"VECTOR": []}, bounds={"VECTOR": 9})
    assert run.values("INDICES") == [] and run.bound("INDICES") == 9


RECTS = "NormalizedRectVectorHasMinSizeCalculator"


def rects(count: int) -> NormalizedRects:
    return NormalizedRects(np.zeros((count, 5), np.float32))


@pytest.mark.parametrize(("count", "expected"), [(0, False), (1, False), (2, True), (3, True)])
def test_enough_is_at_least_the_option(count, expected):
    run = run_calculator(RECTS, {"ITERABLE": [(0, rects(count))]}, options="min_size: 2")
    assert run.values("") == [expected]


def test_the_side_packet_overrides_the_option():
    run = run_calculator(RECTS, {"ITERABLE": [(0, rects(2))]}, {"": 3}, "min_size: 2")
    assert run.values("") == [False]


def test_other_types_are_counted_by_the_same_node():
    three = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.zeros(3))
    detections = run_calculator(
        "DetectionVectorHasMinSizeCalculator", {"ITERABLE": [(0, three)]}, options="min_size: 3"
    )
    assert detections.values("") == [True]
    messages = run_calculator(
        "ClassificationListVectorHasMinSizeCalculator", {"ITERABLE": [(0, ["a"])]}, options="min_size: 2"
    )
    assert messages.values("") == [False]


def test_the_type_in_the_name_is_checked():
    with pytest.raises(TypeError, match="takes NormalizedRects, but was given list"):
        run_calculator(RECTS, {"ITERABLE": [(0, [1, 2])]}, options="min_size: 2")


def test_without_a_packet_only_the_bound_moves():
    run = run_calculator(RECTS, {"ITERABLE": []}, options="min_size: 2", bounds={"ITERABLE": 9})
    assert run.values("") == [] and run.bound("") == 9


def test_a_negative_number_is_refused():
    with pytest.raises(ConfigError, match="min_size is -1; expected 0 or more"):
        run_calculator(RECTS, {"ITERABLE": []}, options="min_size: -1")


def test_names_of_unknown_types_take_anything():
    kind = NamedCollection("Thing")
    assert kind.item_type is kind.accepted is kind.type is object
    assert NamedCollection("NormalizedRect").type is NormalizedRects


def test_the_axis_in_the_name_chooses_items_or_entries():
    assert not NamedCollection("NormalizedLandmarkList", "Vector").has_entries
    assert NamedCollection("NormalizedLandmark", "List").has_entries
    assert NamedCollection("Landmark", "Vector").has_entries
    assert not NamedCollection("Detection", "Vector").has_entries

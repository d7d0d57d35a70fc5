"""Opening a loop: items, their inner timestamps, clones and the end of the loop."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

OUTPUTS = ["ITEM", "BATCH_END"]


def stamps(run, port: str) -> list[tuple[int, object]]:
    return [(packet.timestamp, packet.value) for packet in run.packets(port)]


def test_items_count_through_the_whole_run_and_the_last_one_brings_the_outer_timestamp():
    run = run_calculator("BeginLoopIntCalculator", {"ITERABLE": [(50, [7, 8]), (60, [9])]}, outputs=OUTPUTS)
    assert stamps(run, "ITEM") == [(0, 7), (1, 8), (2, 9)]
    assert stamps(run, "BATCH_END") == [(1, 50), (2, 60)]


def test_an_empty_collection_uses_up_one_timestamp():
    run = run_calculator(
        "BeginLoopIntCalculator", {"ITERABLE": [(50, []), (60, [9]), (70, [])]}, outputs=OUTPUTS
    )
    assert stamps(run, "ITEM") == [(1, 9)]
    assert stamps(run, "BATCH_END") == [(0, 50), (1, 60), (2, 70)]
    assert run.bound("ITEM") == 3


def test_a_bound_without_collection_tells_the_end_of_an_empty_loop():
    run = run_calculator(
        "BeginLoopIntCalculator", {"ITERABLE": [(50, [1])]}, outputs=OUTPUTS, bounds={"ITERABLE": 90}
    )
    assert stamps(run, "BATCH_END") == [(0, 50), (1, 89)]
    assert run.bound("ITEM") == 2


def test_clones_come_with_every_item():
    run = run_calculator(
        "BeginLoopIntCalculator",
        {"ITERABLE": [(5, [1, 2]), (6, [3])], "CLONE:0": [(5, "a"), (6, "b")], "CLONE:1": [(6, "x")]},
        outputs=[*OUTPUTS, "CLONE:0", "CLONE:1"],
    )
    assert stamps(run, "CLONE:0") == [(0, "a"), (1, "a"), (2, "b")]
    assert stamps(run, "CLONE:1") == [(2, "x")]


def test_array_types_give_values_of_one_entry():
    rects = NormalizedRects(np.arange(10).reshape(2, 5), np.array([4, 5]))
    run = run_calculator("BeginLoopNormalizedRectCalculator", {"ITERABLE": [(0, rects)]}, outputs=OUTPUTS)
    assert [len(item) for item in run.values("ITEM")] == [1, 1]
    assert [item.ids.tolist() for item in run.values("ITEM")] == [[4], [5]]
    landmarks = NormalizedLandmarks(np.arange(12).reshape(2, 2, 3))
    run = run_calculator(
        "BeginLoopNormalizedLandmarkListVectorCalculator", {"ITERABLE": [(0, landmarks)]}, outputs=OUTPUTS
    )
    np.testing.assert_array_equal(run.values("ITEM")[1].points, landmarks.points[1:])
    detections = Detections(np.zeros((2, 4)), np.zeros((2, 6, 2)), np.array([0.5, 0.25]))
    run = run_calculator("BeginLoopDetectionCalculator", {"ITERABLE": [(0, detections)]}, outputs=OUTPUTS)
    assert [item.scores.tolist() for item in run.values("ITEM")] == [[0.5], [0.25]]


def test_a_vector_of_vectors_gives_lists():
    run = run_calculator(
        "BeginLoopMatrixVectorCalculator",
        {"ITERABLE": [(0, [[np.eye(2), np.eye(3)], []])]},
        outputs=OUTPUTS,
    )
    assert [len(item) for item in run.values("ITEM")] == [2, 0]


def test_any_type_of_yours_may_stand_in_the_name():
    run = run_calculator("BeginLoopThingCalculator", {"ITERABLE": [(0, ("a", "b"))]}, outputs=OUTPUTS)
    assert run.values("ITEM") == ["a", "b"]


def test_a_value_that_is_no_collection_is_an_error():
    with pytest.raises(CalculatorError, match="a str is no collection"):
        run_calculator("BeginLoopThingCalculator", {"ITERABLE": [(0, "ab")]}, outputs=OUTPUTS)


def test_clones_must_pair_up():
    with pytest.raises(ConfigError, match="1 CLONE inputs but 0 CLONE outputs"):
        run_calculator("BeginLoopIntCalculator", {"ITERABLE": [], "CLONE": []}, outputs=OUTPUTS)

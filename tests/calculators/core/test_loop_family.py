"""Loops: items, their inner timestamps, collected items, and whole loops on all schedulers."""

import numpy as np
import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    CalculatorGraph,
    ConfigError,
    Input,
    Output,
    calculator,
)
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


def test_a_loop_over_array_types_gives_values_of_one_entry():
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


def rect(number: int) -> NormalizedRects:
    return NormalizedRects(np.full((1, 5), number), np.array([number]))


def test_items_leave_together_at_the_timestamp_that_batch_end_holds():
    run = run_calculator(
        "EndLoopFloatCalculator",
        {"ITEM": [(0, 0.5), (1, 0.25), (2, 0.125)], "BATCH_END": [(1, 50), (2, 60)]},
        bounds={"BATCH_END": 3},
    )
    assert [(p.timestamp, p.value) for p in run.packets("ITERABLE")] == [(50, [0.5, 0.25]), (60, [0.125])]


def test_a_loop_without_items_moves_only_the_bound():
    run = run_calculator("EndLoopFloatCalculator", {"ITEM": [], "BATCH_END": [(0, 50)]}, bounds={"ITEM": 1})
    assert run.values("ITERABLE") == [] and run.bound("ITERABLE") == 51


def test_array_types_become_one_value():
    run = run_calculator(
        "EndLoopNormalizedRectCalculator", {"ITEM": [(0, rect(3)), (1, rect(4))], "BATCH_END": [(1, 9)]}
    )
    assert run.values("ITERABLE")[0].ids.tolist() == [3, 4]
    faces = [NormalizedLandmarks(np.full((1, 2, 3), number)) for number in (1, 2)]
    run = run_calculator(
        "EndLoopNormalizedLandmarkListVectorCalculator",
        {"ITEM": [(0, faces[0]), (1, faces[1])], "BATCH_END": [(1, 9)]},
    )
    assert run.values("ITERABLE")[0].points[:, 0, 0].tolist() == [1, 2]
    one = Detections(np.zeros((1, 4)), np.zeros((1, 6, 2)), np.array([0.5]))
    run = run_calculator(
        "EndLoopDetectionCalculator",
        {"ITEM": [(0, one), (1, Detections.empty()), (2, one)], "BATCH_END": [(2, 9)]},
    )
    assert run.values("ITERABLE")[0].scores.tolist() == [0.5, 0.5]


def test_lists_become_a_list_of_lists():
    run = run_calculator("EndLoopThingCalculator", {"ITEM": [(0, [1, 2]), (1, [])], "BATCH_END": [(1, 9)]})
    assert run.values("ITERABLE") == [[[1, 2], []]]


def test_faces_of_different_meshes_do_not_go_together():
    faces = [NormalizedLandmarks(np.zeros((1, size, 3))) for size in (2, 3)]
    with pytest.raises(Exception, match=r"faces of \[2, 3\] landmarks do not go together"):
        run_calculator(
            "EndLoopNormalizedLandmarkListVectorCalculator",
            {"ITEM": [(0, faces[0]), (1, faces[1])], "BATCH_END": [(1, 9)]},
        )


@calculator
class AddOffsetTestCalculator(Calculator):
    """NUMBER + OFFSET, silent for negative numbers."""

    number = Input("NUMBER", int)
    offset = Input("OFFSET", int)
    total = Output("SUM", int)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.number.is_empty and self.number.value >= 0:
            self.total.send(self.number.value + self.offset.value)


LOOP = """
input_stream: "numbers"
input_stream: "offset"
output_stream: "sums"
output_stream: "with_offset"
node {
  calculator: "BeginLoopIntCalculator"
  input_stream: "ITERABLE:numbers"
  input_stream: "CLONE:offset"
  output_stream: "ITEM:number"
  output_stream: "CLONE:offset_of_number"
  output_stream: "BATCH_END:end"
}
node {
  calculator: "AddOffsetTestCalculator"
  input_stream: "NUMBER:number"
  input_stream: "OFFSET:offset_of_number"
  output_stream: "SUM:sum"
}
node {
  calculator: "EndLoopIntCalculator"
  input_stream: "ITEM:sum"
  input_stream: "BATCH_END:end"
  output_stream: "ITERABLE:sums"
}
node {
  calculator: "PassThroughCalculator"
  input_stream: "sums"
  input_stream: "offset"
  output_stream: "same_sums"
  output_stream: "with_offset"
}
"""


@pytest.mark.parametrize(("scheduler", "threads"), [("caller", None), ("pool", 1), ("pool", 3)])
@pytest.mark.parametrize("wait", [True, False], ids=["frame by frame", "all at once"])
def test_a_loop_gives_the_same_on_every_scheduler_and_does_not_hold_up_other_streams(
    scheduler, threads, wait
):
    extra = {} if threads is None else {"num_threads": threads}
    graph = CalculatorGraph(graph_config=LOOP, scheduler=scheduler, **extra)
    sums, offsets = [], []
    graph.observe_output_stream("sums", lambda packet: sums.append((packet.timestamp, packet.value)))
    graph.observe_output_stream("with_offset", lambda packet: offsets.append(packet.timestamp))
    graph.start_run({})
    frames = [(10, [1, 2, 3]), (20, []), (30, [-1]), (40, [5, -1]), (1000, [6])]
    for timestamp, numbers in frames:
        graph.add_packet("numbers", numbers, timestamp)
        graph.add_packet("offset", timestamp, timestamp)
        if wait:
            graph.wait_until_idle()
            # The node behind the loop waits for its bound, which an empty loop moves too.
            assert offsets[-1] == timestamp
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert sums == [(10, [11, 12, 13]), (40, [45]), (1000, [1006])]
    assert offsets == [10, 20, 30, 40, 1000]

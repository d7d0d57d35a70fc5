"""Closing a loop: what is collected, when it leaves, and whole loops on all schedulers."""

import numpy as np
import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


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

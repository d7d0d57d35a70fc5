"""The previous frame's result beside this frame, alone and in a real loop."""

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import DONE


@calculator
class RunningSumTestCalculator(Calculator):
    """NUMBER + the previous sum (0 without one); silent if NUMBER is negative."""

    number = Input("NUMBER", int)
    previous = Input("PREVIOUS", int)
    total = Output("SUM", int)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.number.is_empty and self.number.value >= 0:
            self.total.send(self.number.value + (self.previous.value or 0))


LOOP = """
input_stream: "number"
output_stream: "sum"
node {
  calculator: "PreviousLoopbackCalculator"
  input_stream: "MAIN:number"
  input_stream: "LOOP:sum"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV_LOOP:previous_sum"
}
node {
  calculator: "RunningSumTestCalculator"
  input_stream: "NUMBER:number"
  input_stream: "PREVIOUS:previous_sum"
  output_stream: "SUM:sum"
}
"""


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
@pytest.mark.parametrize("wait", [True, False], ids=["frame by frame", "all at once"])
def test_a_loop_sees_the_previous_frame_s_result(scheduler, wait):
    seen = []
    graph = CalculatorGraph(graph_config=LOOP, scheduler=scheduler)
    graph.observe_output_stream("sum", lambda packet: seen.append((packet.timestamp, packet.value)))
    graph.start_run({})
    for timestamp, number in ((0, 1), (5, 10), (7, 100), (20, 1000)):
        graph.add_packet("number", number, timestamp)
        if wait:
            graph.wait_until_idle()
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert seen == [(0, 1), (5, 11), (7, 111), (20, 1111)]


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_a_frame_without_result_leaves_the_next_without_previous(scheduler):
    seen = []
    graph = CalculatorGraph(graph_config=LOOP, scheduler=scheduler)
    graph.observe_output_stream("sum", lambda packet: seen.append((packet.timestamp, packet.value)))
    graph.start_run({})
    for timestamp, number in ((0, 1), (5, -1), (7, 100), (20, 1000)):
        graph.add_packet("number", number, timestamp)
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert seen == [(0, 1), (7, 100), (20, 1100)]


def test_the_first_frame_gives_a_bound_and_no_packet():
    run = run_calculator("PreviousLoopbackCalculator", {"MAIN": [(10, "a")], "LOOP": []})
    assert run.values("PREV_LOOP") == [] and run.bound("PREV_LOOP") == 11


def test_loop_packets_are_restamped_with_the_next_main_timestamp():
    run = run_calculator(
        "PreviousLoopbackCalculator",
        {"MAIN": [(10, "a"), (20, "b"), (30, "c")], "LOOP": [(10, 1), (20, 2)]},
    )
    assert [(p.timestamp, p.value) for p in run.packets("PREV_LOOP")] == [(20, 1), (30, 2)]


def test_it_waits_for_the_loop():
    run = run_calculator("PreviousLoopbackCalculator", {"MAIN": [(10, "a"), (20, "b")], "LOOP": []})
    assert run.bound("PREV_LOOP") == 20


def test_loop_packets_of_other_timestamps_are_passed_over():
    run = run_calculator(
        "PreviousLoopbackCalculator",
        {"MAIN": [(10, "a"), (20, "b"), (30, "c")], "LOOP": [(5, 0), (12, 1), (20, 2)]},
    )
    assert [(p.timestamp, p.value) for p in run.packets("PREV_LOOP")] == [(30, 2)]
    assert run.bound("PREV_LOOP") == 31


def test_main_s_bound_travels_on_while_no_frame_waits():
    run = run_calculator("PreviousLoopbackCalculator", {"MAIN": [(10, "a")], "LOOP": []}, bounds={"MAIN": 50})
    assert run.bound("PREV_LOOP") == 50


@pytest.mark.parametrize(
    "handler", ["", 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }']
)
def test_it_runs_once_a_frame_whatever_handler_the_graph_names(handler):
    text = LOOP.replace('"PreviousLoopbackCalculator"', f'"PreviousLoopbackCalculator" {handler}')
    with CalculatorGraph(graph_config=text, scheduler="caller", profile=True) as graph:
        graph.start_run({})
        for timestamp in range(5):
            graph.add_packet("number", 1, timestamp)
            graph.wait_until_idle()
        profiles = {profile.name: profile for profile in graph.profile()}
    assert profiles["PreviousLoopbackCalculator"].count == 5


def test_the_loop_may_end_before_the_frames():
    run = run_calculator(
        "PreviousLoopbackCalculator",
        {"MAIN": [(10, "a"), (20, "b"), (30, "c")], "LOOP": [(10, 1)]},
        bounds={"LOOP": DONE},
    )
    assert [(p.timestamp, p.value) for p in run.packets("PREV_LOOP")] == [(20, 1)]
    assert run.bound("PREV_LOOP") == 31

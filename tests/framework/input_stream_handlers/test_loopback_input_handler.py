"""LOOP at the MAIN packet before, whatever passes between two packets of MAIN; nothing else is kept."""

from unittest.mock import patch

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers them)


@calculator
class EvenTestCalculator(Calculator):
    number = Input("IN", int)
    even = Output("OUT", int)
    timestamp_offset = 0

    def process(self):
        if self.number.value % 2 == 0:
            self.even.send(self.number.value)


@calculator
class LoopTestCalculator(Calculator):
    """Sends (the time, MAIN, LOOP), also for timestamps at which only bounds moved."""

    main = Input("MAIN", int)
    loop = Input("LOOP", int)
    seen = Output("OUT", tuple)
    timestamp_offset = 0
    input_handler = "LoopbackInputStreamHandler"

    def process(self):
        self.seen.send((self.timestamp, self.main.value, self.loop.value))


@calculator
class BoundsLoopTestCalculator(LoopTestCalculator):
    process_bounds = True


# MAIN has every second number, LOOP every number.
GRAPH = """
input_stream: "in"
node { calculator: "EvenTestCalculator" input_stream: "IN:in" output_stream: "OUT:even" }
node {
  calculator: "%s"
  input_stream: "MAIN:even"
  input_stream: "LOOP:in_again"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "OUT:seen"
}
node { calculator: "SamplePassCalculator" input_stream: "in" output_stream: "in_again" }
"""


@pytest.fixture(params=["caller, in sweeps", "caller", "pool"])
def scheduler(request):
    if request.param == "caller":
        with patch("attention_mesh.framework.caller_scheduler.can_sweep", lambda *_: False):
            yield "caller"
    else:
        yield request.param.split(",")[0]


def run(name: str, scheduler: str, count: int) -> tuple[list[tuple], str]:
    """The packets that the node sends for the numbers below `count`, and the graph's state."""
    seen = []
    with CalculatorGraph(GRAPH % name, scheduler=scheduler) as graph:
        graph.observe_output_stream("seen", lambda packet: seen.append(packet.value))
        graph.start_run()
        for number in range(count):
            graph.add_packet("in", number, number)
            graph.wait_until_idle()
        state = graph.describe_state()
        graph.close_all_input_streams()
        graph.wait_until_done()
    return seen, state


def test_a_packet_comes_with_what_loop_had_at_the_packet_before(scheduler):
    seen, _ = run("LoopTestCalculator", scheduler, 6)
    assert seen == [(0, 0, None), (2, 2, 0), (4, 4, 2)]


def test_bounds_that_are_processed_change_nothing_of_that(scheduler):
    seen, _ = run("BoundsLoopTestCalculator", scheduler, 6)
    assert [told for told in seen if told[1] is not None] == [(0, 0, None), (2, 2, 0), (4, 4, 2)]
    assert [told[0] for told in seen[:6]] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("count", [200, 201])
def test_loop_keeps_only_what_the_next_packet_wants(scheduler, count):
    _, state = run("LoopTestCalculator", scheduler, count)
    newest_even = (count - 1) // 2 * 2
    assert f'input "in_again": 1 packet of at most 100 at {newest_even}' in state

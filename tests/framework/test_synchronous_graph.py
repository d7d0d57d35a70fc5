"""A graph as a function: the outputs at the time of the inputs, and nothing half-run after an error."""

from __future__ import annotations

import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    ConfigError,
    Input,
    Output,
    SideInput,
    SynchronousGraph,
    TimestampError,
    ValidatedGraph,
    calculator,
)
from attention_mesh.tests.framework import sample_calculators  # noqa: F401 - registers them


@calculator
class SampleCountingCalculator(Calculator):
    """Counts its packets; fails at 13, is interrupted at 14, sends nothing at 15, is a step late at 16."""

    value = Input("IN", int)
    count = Output("COUNT", int)
    limit = SideInput("LIMIT", int)

    def open(self) -> None:
        if self.limit.value < 0:
            raise ValueError("a negative limit")
        self.seen = 0

    def process(self) -> None:
        self.seen += 1
        if self.value.value == 13:
            raise ValueError("unlucky")
        if self.value.value == 14:
            raise KeyboardInterrupt
        if self.value.value != 15:
            late = self.value.value == 16
            self.count.send(self.seen, self.timestamp - 1 if late else self.timestamp)


GRAPH = ValidatedGraph("""
input_stream: "number"
input_stream: "text"
input_side_packet: "limit"
output_stream: "COUNT:count"
output_stream: "TEXT:echo"
node {
  calculator: "SampleCountingCalculator"
  input_stream: "IN:number"
  input_side_packet: "LIMIT:limit"
  output_stream: "COUNT:count"
}
node { calculator: "SamplePassCalculator" input_stream: "text" output_stream: "echo" }
""")


@pytest.fixture
def graph():
    made = SynchronousGraph(GRAPH, {"limit": 1}, ["echo", "count", "text"])
    yield made
    made.close()


def test_outputs_come_in_the_order_asked_for_and_inputs_can_be_among_them(graph: SynchronousGraph) -> None:
    assert graph.run(10, {"number": 1, "text": "a"}) == ["a", 1, "a"]
    assert graph.run(20, {"text": "b", "number": 1}) == ["b", 2, "b"]


def test_what_was_not_sent_at_that_time_is_none(graph: SynchronousGraph) -> None:
    assert graph.run(10, {"number": 1, "text": "a"}) == ["a", 1, "a"]
    assert graph.run(20, {"number": 15}) == [None, None, None]
    assert graph.run(30, {"number": 16}) == [None, None, None]
    assert graph.run(40, {"number": 1}) == [None, 4, None]


@pytest.mark.parametrize(
    ("number", "raised"), [(13, CalculatorError), (14, KeyboardInterrupt), ("text", TypeError)]
)
def test_after_an_error_the_next_call_starts_the_graph_again(
    graph: SynchronousGraph, number: object, raised: type[BaseException]
) -> None:
    graph.run(10, {"number": 1})
    with pytest.raises(raised):
        graph.run(20, {"text": "a", "number": number})
    assert graph.run(30, {"number": 1}) == [None, 1, None]


def test_a_timestamp_that_does_not_increase_is_refused(graph: SynchronousGraph) -> None:
    graph.run(10, {"number": 1})
    with pytest.raises(TimestampError):
        graph.run(10, {"number": 1})
    assert graph.run(20, {"number": 1})[1] == 1


def test_reset_forgets(graph: SynchronousGraph) -> None:
    graph.run(10, {"number": 1})
    graph.reset()
    assert graph.run(20, {"number": 1})[1] == 1


def test_closing_twice_does_nothing_and_the_next_run_starts_again(graph: SynchronousGraph) -> None:
    graph.run(10, {"number": 1})
    graph.close()
    graph.close()
    assert graph.run(20, {"number": 1})[1] == 1


def test_a_graph_that_cannot_start_says_so_at_once() -> None:
    with pytest.raises(CalculatorError, match="a negative limit"):
        SynchronousGraph(GRAPH, {"limit": -1}, ["count"])
    with pytest.raises(ConfigError, match="limit"):
        SynchronousGraph(GRAPH, {}, ["count"])
    with pytest.raises(ConfigError, match='no stream "nothing"'):
        SynchronousGraph(GRAPH, {"limit": 1}, ["nothing"])

"""Checks of ports: a value that a node cannot use is refused where the program adds it."""

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.framework.errors import InputValueError
from attention_mesh.tests.framework import sample_calculators  # noqa: F401
from attention_mesh.tests.framework.graph_runs import every_scheduler


def expect_even(value: int) -> None:
    """Raises ValueError for an odd number."""
    if value % 2:
        raise ValueError(f"{value} is odd; expected an even number")


@calculator
class HalfCalculator(Calculator):
    """Halves even numbers."""

    number = Input("", int, check=expect_even)
    half = Output("", int)

    def process(self) -> None:
        self.half.send(self.number.value // 2)


GRAPH = """
input_stream: "numbers" output_stream: "halves" output_stream: "quarters"
node { calculator: "HalfCalculator" input_stream: "numbers" output_stream: "halves" }
node { calculator: "HalfCalculator" input_stream: "halves" output_stream: "quarters" }
node { calculator: "SamplePassCalculator" input_stream: "numbers" output_stream: "same" }
"""


@every_scheduler
def test_a_wrong_value_is_refused_when_it_is_added_and_the_run_goes_on(scheduler):
    received = []
    with CalculatorGraph(GRAPH, **scheduler) as graph:
        graph.observe_output_stream(
            "halves", lambda packet: received.append((packet.timestamp, packet.value))
        )
        graph.start_run()
        with pytest.raises(InputValueError, match='graph input "numbers": 3 is odd; expected an even number'):
            graph.add_packet("numbers", 3, 0)
        graph.add_packet("numbers", 4, 0)
        graph.add_packet("numbers", 6, 1)  # its half is odd: within the graph, only nodes themselves check
        graph.close_all_input_streams()
        graph.wait_until_done()
    assert received == [(0, 2), (1, 3)]

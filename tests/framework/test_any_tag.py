"""Ports that take any tag: which connections they get, and how a calculator tells them apart."""

import pytest

from attention_mesh.framework import ANY_TAG, Calculator, Input, Output, SideInput, SideOutput, calculator
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.framework.graph_problems import only_problem_of
from attention_mesh.tests.framework.graph_runs import run_graph


@calculator
class AnyTagCalculator(Calculator):
    """Sends to each output the value of the input of the same tag and index, times `FACTOR`."""

    factor = Input("FACTOR", int)
    entries = Input(ANY_TAG, int)
    results = Output(ANY_TAG, int)
    side_entries = SideInput(ANY_TAG, object, optional=True)
    side_results = SideOutput(ANY_TAG, object)

    def open(self):
        values = {port.place: port.value for port in self.side_entries}
        for port in self.side_results:
            port.set(values[port.place])

    def process(self):
        values = {port.place: port.value for port in self.entries}
        for port in self.results:
            port.send(values[port.place] * self.factor.value)


def test_each_port_knows_its_tag_and_index_whatever_the_order_in_the_graph():
    config = """input_stream: "x" input_stream: "y" input_stream: "z" input_stream: "f"
    output_stream: "b1" output_stream: "a" output_stream: "plain"
    node { calculator: "AnyTagCalculator" input_stream: "B:1:z" input_stream: "x" input_stream: "FACTOR:f"
      input_stream: "A:y" input_stream: "B:0:x"
      output_stream: "B:0:b0" output_stream: "B:1:b1" output_stream: "plain" output_stream: "A:a" }"""
    feed = {"x": [(1, 2)], "y": [(1, 3)], "z": [(1, 5)], "f": [(1, 10)]}
    assert run_graph(config, feed) == {"b1": [(1, 50)], "a": [(1, 30)], "plain": [(1, 20)]}


def test_declared_tag_comes_before_any_tag():
    run = run_calculator(
        "AnyTagCalculator", {"FACTOR": [(1, 3)], "X": [(1, 4)], "Y": [(1, 5)]}, outputs=["X", "Y"]
    )
    assert (run.values("X"), run.values("Y")) == ([12], [15])


def test_side_packets_of_any_tag():
    config = """input_side_packet: "p" input_stream: "a"
    node { calculator: "AnyTagCalculator" input_stream: "FACTOR:a" input_stream: "a"
           input_side_packet: "P:p" output_side_packet: "P:q" }
    node { calculator: "SampleTableCalculator" input_side_packet: "BASE:q" output_side_packet: "TABLE:r" }"""
    assert run_graph(config, {"a": []}, {"p": 4}, []) == {}


@pytest.mark.parametrize(
    ("streams", "problem"),
    [
        ('input_stream: "FACTOR:a"', 'its input "*" is not connected, but required'),
        ('input_stream: "X:a"', 'its input "FACTOR" is not connected, but required'),
    ],
)
def test_required_ports_are_asked_for(streams, problem):
    config = f'input_stream: "a" node {{ calculator: "AnyTagCalculator" {streams} }}'
    assert only_problem_of(config).endswith(problem)

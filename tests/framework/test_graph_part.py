"""The part of a graph that some outputs need, and nothing else."""

import pytest

from attention_mesh.framework import ConfigError, SynchronousGraph, ValidatedGraph
from attention_mesh.framework.graph_part import part_for_outputs
from attention_mesh.tests.framework import sample_calculators, sample_handler_calculators  # noqa: F401

GRAPH = """
input_stream: "A:a"
input_stream: "B:b"
input_side_packet: "unused"
output_stream: "X:x"
output_stream: "Y:y"
output_stream: "Z:z"
node { calculator: "SamplePassCalculator" input_stream: "a" output_stream: "x" }
node { calculator: "SamplePassCalculator" input_stream: "x" output_stream: "y" }
node { calculator: "SamplePassCalculator" input_stream: "b" output_stream: "z" }
node { calculator: "SampleTableCalculator" output_side_packet: "TABLE:unused_too" }
"""
LOOP = """
input_stream: "frame"
output_stream: "previous"
output_stream: "other"
node {
  calculator: "SampleLoopbackCalculator"
  input_stream: "MAIN:frame"
  input_stream: "LOOP:kept"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV:previous"
}
node { calculator: "SamplePassCalculator" input_stream: "frame" output_stream: "kept" }
node { calculator: "SamplePassCalculator" input_stream: "frame" output_stream: "other" }
"""


def names(entries) -> list[str]:
    return [entry.name for entry in entries]


@pytest.mark.parametrize(
    ("outputs", "nodes", "inputs"), [(["x"], 1, ["a"]), (["y"], 2, ["a"]), (["x", "z"], 2, ["a", "b"])]
)
def test_nodes_and_inputs_of_other_outputs_are_left_out(outputs, nodes, inputs):
    part = part_for_outputs(ValidatedGraph(GRAPH), outputs)
    assert len(part.nodes) == nodes
    assert names(part.inputs) == inputs and names(part.outputs) == outputs and names(part.side_inputs) == []
    graph = SynchronousGraph(part, {}, outputs)
    assert graph.run(0, {name: name.upper() for name in inputs})[0] == "A"


def test_a_back_edge_is_followed():
    part = part_for_outputs(ValidatedGraph(LOOP), ["previous"])
    assert len(part.nodes) == 2
    graph = SynchronousGraph(part, {}, ["previous"])
    assert [graph.run(time, {"frame": time})[0] for time in range(3)] == [None, 0, 1]


@pytest.mark.parametrize("outputs", [["w"], []])
def test_an_output_that_is_not_there_is_named_with_those_that_are(outputs):
    with pytest.raises(ConfigError, match="its outputs: x, y, z"):
        part_for_outputs(ValidatedGraph(GRAPH), outputs)

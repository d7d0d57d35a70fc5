"""A side packet or its default."""

import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.testing import run_calculator

NAME = "DefaultSidePacketCalculator"


def test_what_is_given_counts_before_the_default():
    given = run_calculator(NAME, side={"OPTIONAL_VALUE": 1, "DEFAULT_VALUE": 2})
    assert given.side_outputs == {"VALUE": 1}
    assert run_calculator(NAME, side={"DEFAULT_VALUE": 2}).side_outputs == {"VALUE": 2}


SUBGRAPH = """
type: "CountOrDefault"
input_side_packet: "COUNT:count"
output_side_packet: "COUNT:count_or_default"
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:default_count"
  options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 7 } } }
}
node {
  calculator: "DefaultSidePacketCalculator"
  input_side_packet: "OPTIONAL_VALUE:count"
  input_side_packet: "DEFAULT_VALUE:default_count"
  output_side_packet: "VALUE:count_or_default"
}
"""


@pytest.mark.parametrize(("given", "expected"), [("", 7), ('input_side_packet: "COUNT:outer"', 3)])
def test_in_a_subgraph_it_fills_in_what_the_node_outside_leaves_out(tmp_path, given, expected):
    (tmp_path / "count_or_default.pbtxt").write_text(SUBGRAPH)
    graph = CalculatorGraph(
        graph_config=f"""
        input_side_packet: "outer"
        node {{ calculator: "CountOrDefault" {given} output_side_packet: "COUNT:result" }}
        """,
        graph_path=[tmp_path],
        scheduler="caller",
    )
    graph.start_run({"outer": 3})
    graph.wait_until_done()
    assert graph.side_packet("result") == expected

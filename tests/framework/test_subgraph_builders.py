import pytest

from attention_mesh.framework import ConfigError, ValidatedGraph, parse_graph_config
from attention_mesh.framework.options import given_options, options_class
from attention_mesh.framework.subgraph_builders import find_subgraph_builder, subgraph
from attention_mesh.tests.framework.graph_runs import run_graph
from attention_mesh.tests.framework.sample_calculators import SampleScaleCalculator

options_class(SampleScaleCalculator)  # makes its message known
SCALE_OPTIONS = "attention_mesh.SampleScaleCalculatorOptions"


@pytest.fixture(autouse=True)
def _own_builders(monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.subgraph_builders._builders", {})


def chain(node):
    """A chain of `factor` nodes."""
    options = given_options(node).get(SCALE_OPTIONS)
    length = options.factor if options is not None else 2
    if length < 1:
        raise ValueError(f"factor is {length}, but a chain has at least one node")
    nodes = "".join(
        f'node {{ calculator: "SamplePassCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}'
        for i in range(length)
    )
    return parse_graph_config(f'input_stream: "IN:s0" output_stream: "OUT:s{length}" {nodes}')


USE = """input_stream: "a" output_stream: "b" %s
node { name: "row" calculator: "SampleChain" input_stream: "IN:a" output_stream: "OUT:b" %s }"""
LENGTH = "node_options { [type.googleapis.com/attention_mesh.SampleScaleCalculatorOptions] { factor: %d } }"


def test_function_makes_the_nodes_from_the_options_of_the_node_that_names_it():
    subgraph("SampleChain", options=SCALE_OPTIONS)(chain)
    graph = ValidatedGraph(USE % ("", LENGTH % 3))
    assert [node.name for node in graph.nodes] == [f"row__SamplePassCalculator_{i}" for i in (1, 2, 3)]
    assert run_graph(USE % ("", ""), {"a": [(1, "x")]})["b"] == [(1, "x")]


def test_refusal_of_the_function_names_the_node():
    subgraph("SampleChain", options=SCALE_OPTIONS)(chain)
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(USE % ("", LENGTH % 0))
    assert str(caught.value) == (
        'node "row" (subgraph SampleChain): factor is 0, but a chain has at least one node'
    )


def test_its_options_can_come_from_the_options_of_the_graph_around():
    subgraph("SampleChain", options=SCALE_OPTIONS)(chain)
    graph_options = (LENGTH % 4).replace("node_options", "graph_options")
    graph = ValidatedGraph(USE % (graph_options, 'option_value: "factor:options/factor"'))
    assert len(graph.nodes) == 4


def test_users_file_of_the_same_type_comes_before_the_function(tmp_path):
    subgraph("SampleChain", options=SCALE_OPTIONS)(chain)
    (tmp_path / "chain.pbtxt").write_text(
        'type: "SampleChain"\ninput_stream: "IN:i" output_stream: "OUT:o"\n'
        'node { name: "mine" calculator: "SamplePassCalculator" input_stream: "i" output_stream: "o" }'
    )
    assert [n.name for n in ValidatedGraph(USE % ("", ""), [tmp_path]).nodes] == ["row__mine"]


def test_two_modules_cannot_register_one_name():
    subgraph("SampleChain")(chain)
    other = parse_graph_config
    with pytest.raises(ValueError, match=r"SampleChain is registered already, by .*test_subgraph_builders"):
        subgraph("SampleChain")(other)
    assert subgraph("SampleChain")(chain) is chain


@pytest.mark.parametrize("name", ["", "lower", "../x", "A*", "A" * 300, "NobodyHasThisName"])
def test_name_without_a_builder_gives_none(name):
    assert find_subgraph_builder(name) is None

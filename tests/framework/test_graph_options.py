from dataclasses import dataclass

import pytest

from attention_mesh.framework import Calculator, ConfigError, Input, Output, ValidatedGraph, calculator
from attention_mesh.tests.framework.graph_runs import run_graph

OPTIONS = "node_options {{ [type.googleapis.com/attention_mesh.{}Options] {{ {} }} }}"


@calculator
class GraphOptionsHolderCalculator(Calculator):
    """Has the options that the graphs of this file declare as theirs."""

    entry = Input("")

    @dataclass
    class Options:
        gain: int = 2
        offset: int = 0
        title: str = ""
        names: list[str] = ()


@calculator
class GraphOptionsReportCalculator(Calculator):
    """Sends its options."""

    entry = Input("")
    result = Output("")

    @dataclass
    class Options:
        factor: int = 1
        shift: int = 5
        label: str = "own"
        names: list[str] = ()

    def process(self):
        options = self.options
        self.result.send((options.factor, options.shift, options.label, list(options.names)))


def graph_options(text: str) -> str:
    kind = "attention_mesh.GraphOptionsHolderCalculatorOptions"
    return f"graph_options {{ [type.googleapis.com/{kind}] {{ {text} }} }}\n"


# Names a calculator whose options the graph declares, so that the text's reader knows them.
MENTION = '# calculator: "GraphOptionsHolderCalculator"\n'
PORTS = 'input_stream: "IN:a"\noutput_stream: "OUT:b"\n'
VALUES = """
  option_value: "factor:options/gain"
  option_value: "options/shift:offset"
  option_value: "label:options/title"
  option_value: "names:options/names"
"""
REPORT = 'node {{ calculator: "GraphOptionsReportCalculator" input_stream: "a" output_stream: "b" {} }}'


def write(folder, name: str, text: str) -> None:
    (folder / f"{name}.pbtxt").write_text(f'type: "{name}"\n' + MENTION + PORTS + text)


def outcome(folder, node_options: str, graph: str = "Outer"):
    text = f'node {{ calculator: "{graph}" input_stream: "IN:x" output_stream: "OUT:y" {node_options} }}'
    config = MENTION + 'input_stream: "x" output_stream: "y"' + text
    (packet,) = run_graph(config, {"x": [(1, 0)]}, graph_path=[folder], scheduler="caller")["y"]
    return packet[1]


HOLDER = "GraphOptionsHolderCalculator"


def test_graphs_defaults_reach_the_nodes_inside(tmp_path):
    write(tmp_path, "Outer", graph_options('gain: 3 title: "t"') + REPORT.format(VALUES))
    # `offset` is not set, but has a default of its own (0), which counts.
    assert outcome(tmp_path, "") == (3, 0, "t", [])


def test_list_that_nobody_fills_leaves_the_nodes_own(tmp_path):
    own = OPTIONS.format("GraphOptionsReportCalculator", 'names: "n"')
    write(tmp_path, "Outer", graph_options("") + REPORT.format(VALUES + own))
    assert outcome(tmp_path, "")[3] == ["n"]


def test_options_on_the_subgraphs_node_are_merged_over_the_graphs_defaults(tmp_path):
    write(tmp_path, "Outer", graph_options('gain: 3 title: "t"') + REPORT.format(VALUES))
    given = OPTIONS.format(HOLDER, 'gain: 9 names: "a" names: "b"')
    assert outcome(tmp_path, given) == (9, 0, "t", ["a", "b"])


def test_options_pass_through_a_subgraph_inside_a_subgraph(tmp_path):
    write(tmp_path, "Inner", graph_options("gain: 1") + REPORT.format(VALUES))
    node = 'node { calculator: "Inner" input_stream: "IN:a" output_stream: "OUT:b" %s }'
    passed = 'option_value: "gain:options/gain" option_value: "title:options/title"'
    write(tmp_path, "Outer", graph_options("gain: 3") + node % passed)
    assert outcome(tmp_path, OPTIONS.format(HOLDER, 'gain: 12 title: "deep"')) == (12, 0, "deep", [])


@pytest.mark.parametrize("entry", ["OPTIONS:options", "factor:options/gain"])
def test_a_graph_without_options_leaves_its_nodes_theirs(entry):
    """As in mediapipe 0.10.21; face_detection_short_range_image.pbtxt of MediaPipe is such a graph."""
    own = OPTIONS.format("GraphOptionsReportCalculator", "factor: 4")
    text = 'input_stream: "a" output_stream: "b"' + REPORT.format(f'{own} option_value: "{entry}"')
    assert run_graph(text, {"a": [(1, 0)]})["b"] == [(1, (4, 5, "own", []))]


def test_option_values_of_the_outermost_graph_take_its_own_graph_options():
    text = MENTION + graph_options("gain: 6") + 'input_stream: "a" output_stream: "b"' + REPORT.format(VALUES)
    assert run_graph(text, {"a": [(1, 0)]}, scheduler="caller")["b"][0][1][0] == 6


def test_two_nodes_of_the_same_subgraph_keep_their_own_options(tmp_path):
    write(tmp_path, "Outer", graph_options("gain: 3") + REPORT.format('option_value: "factor:options/gain"'))
    node = 'node {{ calculator: "Outer" input_stream: "IN:x" output_stream: "OUT:{}" {} }}'
    config = MENTION + 'input_stream: "x" output_stream: "y" output_stream: "z"'
    config += node.format("y", OPTIONS.format(HOLDER, "gain: 4")) + node.format("z", "")
    found = run_graph(config, {"x": [(1, 0)]}, graph_path=[tmp_path], scheduler="caller")
    assert [found[name][0][1][0] for name in ("y", "z")] == [4, 3]


def problem(folder, inside: str, node_options: str = "", declared: str | None = None) -> str:
    write(
        folder, "Outer", (graph_options("gain: 3") if declared is None else declared) + REPORT.format(inside)
    )
    text = f'node {{ name: "o" calculator: "Outer" input_stream: "IN:x" {node_options} }}'
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(MENTION + 'input_stream: "x"' + text, [folder])
    return str(caught.value)


@pytest.mark.parametrize(
    "entry, reason",
    [
        ("factor", 'it is not "node field:options/graph field"'),
        ("factor:", 'it is not "node field:options/graph field"'),
        (":options/gain", 'it is not "node field:options/graph field"'),
        ("factor:options/gian", "the graph's options have no such field"),
        ("factor:options/gain/deeper", "the graph's options have no such field"),
        ("facter:options/gain", "the node's options have no such field"),
        ("factor/deeper:options/gain", "the node's options have no such field"),
        ("label:options/gain", ""),
    ],
)
def test_option_value_that_leads_nowhere_names_node_and_entry(tmp_path, entry, reason):
    found = problem(tmp_path, f'option_value: "{entry}"')
    assert found.startswith(f'node "o__GraphOptionsReportCalculator": option_value "{entry}": {reason}')


def test_option_value_for_a_calculator_without_options_names_the_node():
    node = 'node { calculator: "SamplePassCalculator" input_stream: "a" option_value: "x:options/gain" }'
    with pytest.raises(
        ConfigError, match='node "SamplePassCalculator": SamplePassCalculator takes no options'
    ):
        ValidatedGraph(MENTION + graph_options("") + 'input_stream: "a"' + node)


def test_options_that_the_subgraph_does_not_declare_are_refused_with_those_it_does(tmp_path):
    given = OPTIONS.format("GraphOptionsReportCalculator", "factor: 3")
    found = problem(tmp_path, "", '# calculator: "GraphOptionsReportCalculator"\n' + given)
    assert found == (
        'node "o": subgraph Outer takes no options of type '
        "attention_mesh.GraphOptionsReportCalculatorOptions (it takes: "
        "attention_mesh.GraphOptionsHolderCalculatorOptions)"
    )


def test_broken_options_in_a_serialized_graph_name_the_node(tmp_path):
    from attention_mesh.framework import parse_graph_config

    write(tmp_path, "Outer", graph_options("gain: 3") + REPORT.format(""))
    config = parse_graph_config('input_stream: "x" node { calculator: "Outer" input_stream: "IN:x" }')
    config.node[0].node_options.add(type_url="a/mediapipe.Nothing", value=b"\xff")
    with pytest.raises(ConfigError, match=r'node "Outer" \(subgraph Outer\): .*unknown type "mediapipe.Noth'):
        ValidatedGraph(config.SerializeToString(), [tmp_path])


def test_options_of_one_type_are_taken_over_whole_and_what_is_not_set_stays():
    """ "OPTIONS:options", as in MediaPipe's face detection graphs."""
    kind = "attention_mesh.GraphOptionsReportCalculatorOptions"
    inner = (
        'node { calculator: "GraphOptionsReportCalculator" input_stream: "a" output_stream: "b" '
        f'node_options {{ [type.googleapis.com/{kind}] {{ shift: 7 label: "inner" }} }} '
        'option_value: "OPTIONS:options" }'
    )
    declared = f'graph_options {{ [type.googleapis.com/{kind}] {{ factor: 3 label: "outer" }} }}'
    found = run_graph(f'input_stream: "a" output_stream: "b" {declared} {inner}', {"a": [(0, 0)]})
    assert found["b"] == [(0, (3, 7, "outer", []))]


def test_the_whole_options_of_another_type_are_refused():
    graph = MENTION + graph_options("gain: 3") + REPORT.format('option_value: "OPTIONS:options"')
    with pytest.raises(ConfigError, match="the graph has no options of the node's type"):
        ValidatedGraph(graph + 'input_stream: "a"')

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError, ValidatedGraph, parse_graph_config
from attention_mesh.framework.subgraphs import find_subgraph
from attention_mesh.tests.framework.graph_runs import run_graph


def write(folder, name: str, text: str):
    path = folder / f"{name}.pbtxt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


TWICE = """
type: "Twice"
input_stream: "IN:a"
input_stream: "MASK:mask"
input_side_packet: "BASE:base"
output_stream: "OUT:c"
output_stream: "HALF:b"
node {
  name: "one"
  calculator: "SampleOptionalCalculator"
  input_stream: "IN:a"
  input_stream: "MASK:mask"
  output_stream: "OUT:b"
}
node { calculator: "SampleTableCalculator" input_side_packet: "BASE:base" output_side_packet: "TABLE:t" }
node { calculator: "SamplePassCalculator" input_stream: "b" output_stream: "c" }
"""
USE = 'input_stream: "x" node { name: "use" calculator: "Twice" input_stream: "IN:x" %s }'


def test_subgraph_is_found_by_its_type_in_any_file_below_the_folder(tmp_path):
    write(tmp_path, "other/strange_name", TWICE)
    write(tmp_path, "broken", "not a graph {")
    assert ValidatedGraph(USE % "", [tmp_path]).nodes


def test_file_of_the_types_snake_case_name_comes_first_and_earlier_folders_before_later_ones(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path, f"{folder}/a", 'type: "FaceMesh"')
        write(tmp_path, f"{folder}/face_mesh", 'type: "FaceMesh"')
    folders = [tmp_path / "two", tmp_path / "one"]
    assert find_subgraph("FaceMesh", folders) == tmp_path / "two" / "face_mesh.pbtxt"


def test_binary_subgraph_is_found_beside_a_broken_one(tmp_path):
    (tmp_path / "a.binarypb").write_bytes(b"\xff\xff")
    (tmp_path / "b.binarypb").write_bytes(parse_graph_config(TWICE).SerializeToString())
    assert find_subgraph("Twice", [tmp_path]) == tmp_path / "b.binarypb"
    assert find_subgraph("Thrice", [tmp_path]) is None


def test_inner_nodes_streams_and_side_packets_get_the_nodes_name_as_prefix(tmp_path):
    write(tmp_path, "twice", TWICE)
    graph = ValidatedGraph(USE % 'output_stream: "OUT:y"', [tmp_path])
    assert [node.name for node in graph.nodes] == [
        "use__one",
        "use__SampleTableCalculator",
        "use__SamplePassCalculator",
    ]
    one, table, last = graph.nodes
    assert [(c.entry.tag, c.entry.name) for c in one.inputs] == [("IN", "x")]
    assert one.outputs[0].entry.name == "use__b"
    assert table.side_outputs[0].entry.name == "use__t"
    assert last.outputs[0].entry.name == "y"


def test_optional_inputs_left_open_are_not_connected_inside(tmp_path):
    write(tmp_path, "twice", TWICE)
    config = 'output_stream: "y"' + USE % 'output_stream: "OUT:y"'
    ((_, value),) = run_graph(config, {"x": [(1, "v")]}, graph_path=[tmp_path], scheduler="caller")["y"]
    values, mask_connected, *_ = value
    assert (values[0], mask_connected) == ("v", False)


def test_connected_side_packets_reach_the_nodes_inside(tmp_path):
    write(tmp_path, "twice", TWICE.replace('type: "Twice"', 'type: "Twice" output_side_packet: "T:t"'))
    text = USE % 'input_side_packet: "BASE:mine" output_side_packet: "T:made"'
    graph = CalculatorGraph(text, graph_path=[tmp_path], scheduler="caller")
    graph.start_run({"mine": 41})
    assert graph.side_packet("made") == 42
    graph.close()


def test_required_input_left_open_inside_a_subgraph_is_named_with_the_prefix(tmp_path):
    write(tmp_path, "twice", TWICE)
    config = 'node { name: "use" calculator: "Twice" }'
    with pytest.raises(
        ConfigError, match=r'node "use__one" \(SampleOptionalCalculator\): its input "IN" is not'
    ):
        ValidatedGraph(config, [tmp_path])


def test_port_that_the_subgraph_lacks_is_named_with_those_it_has(tmp_path):
    write(tmp_path, "twice", TWICE)
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(USE % 'input_stream: "IMAGE:x"', [tmp_path])
    assert str(caught.value) == (
        'node "use" (subgraph Twice): it has no input_stream "IMAGE" (it has: IN, MASK)'
    )


def test_subgraphs_inside_subgraphs_are_expanded_with_nested_prefixes(tmp_path):
    write(tmp_path, "twice", TWICE)
    outer = """type: "Outer" input_stream: "IN:a" output_stream: "OUT:c"
    node { calculator: "Twice" input_stream: "IN:a" output_stream: "OUT:b" }
    node { name: "second" calculator: "Twice" input_stream: "IN:b" output_stream: "OUT:c" }"""
    write(tmp_path, "outer", outer)
    config = 'input_stream: "x" node { name: "o" calculator: "Outer" input_stream: "IN:x" }'
    names = {node.name for node in ValidatedGraph(config, [tmp_path]).nodes}
    assert {"o__Twice__one", "o__second__one"} <= names


def test_subgraph_that_contains_itself_is_refused(tmp_path):
    write(tmp_path, "endless", 'type: "Endless" node { calculator: "Endless" }')
    with pytest.raises(ConfigError, match="nested more than 32 deep; does one contain itself"):
        ValidatedGraph('node { calculator: "Endless" }', [tmp_path])


def test_subgraph_that_does_not_parse_is_named_with_file_and_line(tmp_path):
    write(tmp_path, "twice", TWICE + "nonsense: 1")
    with pytest.raises(ConfigError, match=r"twice\.pbtxt, line 17, column 1: .*nonsense"):
        ValidatedGraph(USE % "", [tmp_path])


def test_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no such folder with subgraphs: .*none"):
        ValidatedGraph('input_stream: "a"', [tmp_path / "none"])


@pytest.mark.parametrize(
    "field",
    [
        'input_stream_info { tag_index: "IN" back_edge: true }',
        'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }',
        "source_layer: 1",
    ],
)
def test_setting_that_would_be_lost_on_a_subgraph_is_refused(tmp_path, field):
    write(tmp_path, "twice", TWICE)
    name = field.split()[0].rstrip(":")
    with pytest.raises(ConfigError, match=f'node "use": {name} is for calculators; Twice is a subgraph'):
        ValidatedGraph(USE % field, [tmp_path])


def test_executor_of_the_node_counts_for_all_nodes_inside_that_have_none(tmp_path):
    own = TWICE.replace('name: "one"', 'name: "one" executor: "own"')
    write(tmp_path, "twice", own + 'executor { name: "own" }')
    graph = ValidatedGraph('executor { name: "mine" }' + USE % 'executor: "mine"', [tmp_path])
    assert [node.executor for node in graph.nodes] == ["own", "mine", "mine"]
    assert set(graph.executors) == {"own", "mine"}


LOOP = """type: "Loop" input_stream: "A:a" input_stream: "B:b" input_stream: "C:c"
output_stream: "OUT:r"
node { name: "tuple" calculator: "SampleTupleCalculator"
       input_stream: "IN:0:a" input_stream: "IN:1:b" input_stream: "IN:2:c" input_stream: "IN:3:r"
       input_stream_info { tag_index: "IN:3" back_edge: true }
       input_stream_info { tag_index: "IN:1" back_edge: true }
       output_stream: "OUT:r" }"""


def test_inputs_left_open_take_their_stream_info_along_and_the_others_move_up(tmp_path):
    write(tmp_path, "loop", LOOP)
    config = 'input_stream: "x" node { name: "l" calculator: "Loop" input_stream: "A:x" input_stream: "C:x" }'
    (node,) = ValidatedGraph(config, [tmp_path]).nodes
    assert [(c.entry.port, c.entry.name, c.back_edge) for c in node.inputs] == [
        ("IN", "x", False),
        ("IN:1", "x", False),
        ("IN:2", "l__r", True),
    ]


def test_expanded_text_is_a_graph_that_runs_without_the_folder(tmp_path):
    write(tmp_path, "twice", TWICE)
    config = 'output_stream: "y"' + USE % 'output_stream: "OUT:y"'
    whole = CalculatorGraph(config, graph_path=[tmp_path])
    for form in (whole.text_config, whole.binary_config):
        assert len(run_graph(form, {"x": [(1, "v")]}, scheduler="caller")["y"]) == 1

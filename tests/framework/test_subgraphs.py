import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError, ValidatedGraph, parse_graph_config
from attention_mesh.framework.protos import message_to_text
from attention_mesh.framework.subgraph_library import SubgraphLibrary
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


def test_a_subgraph_is_found_in_a_file_with_a_mark_before_its_text(tmp_path):
    write(tmp_path, "marked", "\ufeff" + TWICE)  # as some editors write it
    assert ValidatedGraph(USE % "", [tmp_path]).nodes


def test_file_of_the_types_snake_case_name_comes_first_and_earlier_folders_before_later_ones(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path, f"{folder}/a", 'type: "FaceMesh"')
        write(tmp_path, f"{folder}/face_mesh", 'type: "FaceMesh"')
    folders = [tmp_path / "two", tmp_path / "one"]
    assert SubgraphLibrary(folders).find("FaceMesh") == tmp_path / "two" / "face_mesh.pbtxt"


def test_binary_subgraph_is_found_beside_a_broken_one(tmp_path):
    (tmp_path / "a.binarypb").write_bytes(b"\xff\xff")
    (tmp_path / "b.binarypb").write_bytes(parse_graph_config(TWICE).SerializeToString())
    assert SubgraphLibrary([tmp_path]).find("Twice") == tmp_path / "b.binarypb"
    assert SubgraphLibrary([tmp_path]).find("Thrice") is None


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
    with pytest.raises(ConfigError, match=r"the subgraph Endless contains itself \(Endless → Endless\)"):
        ValidatedGraph('node { calculator: "Endless" }', [tmp_path])


def test_a_name_that_is_nearly_a_subgraphs_is_hinted_at(tmp_path):
    write(tmp_path, "twice", TWICE)
    with pytest.raises(ConfigError, match='Unable to find Calculator "Twise".*did you mean Twice'):
        ValidatedGraph('node { calculator: "Twise" }', [tmp_path])


def test_node_without_calculator_is_refused():
    with pytest.raises(ConfigError, match='node "nothing": it has no calculator'):
        ValidatedGraph('node { name: "nothing" }')


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
    whole = ValidatedGraph(config, [tmp_path]).config
    for form in (message_to_text(whole), whole.SerializeToString()):
        assert len(run_graph(form, {"x": [(1, "v")]}, scheduler="caller")["y"]) == 1


# ---- where a name is looked up ------------------------------------------------------------------
@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder of built-in graphs."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr("attention_mesh.framework.registry._graph_folders", [folder])
    return folder


LEAF = """type: "Leaf" input_stream: "IN:a"
node { name: "%s" calculator: "SamplePassCalculator" input_stream: "a" }"""
OUTER = 'type: "Outer" input_stream: "IN:a" node { name: "leaf" calculator: "Leaf" input_stream: "IN:a" }'
USE_OUTER = 'input_stream: "x" node { name: "use" calculator: "%s" input_stream: "IN:x" }'


def names_of(graph: ValidatedGraph) -> list[str]:
    return [node.name for node in graph.nodes]


def test_users_subgraph_comes_before_the_built_in_one_of_its_name_in_the_users_graph(tmp_path, shipped):
    write(shipped, "leaf", LEAF % "shipped")
    write(tmp_path / "mine", "leaf", LEAF % "mine")
    graph = USE_OUTER % "Leaf"
    assert names_of(ValidatedGraph(graph, [tmp_path / "mine"])) == ["use__mine"]
    assert names_of(ValidatedGraph(graph)) == ["use__shipped"]


def test_users_subgraph_does_not_change_what_a_built_in_graph_does(tmp_path, shipped):
    write(shipped, "leaf", LEAF % "shipped")
    outer = write(shipped, "outer", OUTER)
    write(tmp_path / "mine", "leaf", LEAF % "mine")
    folders = [tmp_path / "mine"]
    assert names_of(ValidatedGraph(USE_OUTER % "Outer", folders)) == ["use__leaf__shipped"]
    assert names_of(ValidatedGraph(outer, folders)) == ["leaf__shipped"]
    with CalculatorGraph(outer, graph_path=folders) as graph:
        assert names_of(graph.validated_graph) == ["leaf__shipped"]
    with CalculatorGraph(outer, graph_path=folders) as graph:
        assert names_of(graph.validated_graph) == ["leaf__shipped"]


def test_names_in_the_users_subgraph_mean_the_users_though_a_built_in_graph_leads_there(tmp_path, shipped):
    write(shipped, "leaf", LEAF % "shipped")
    write(shipped, "top", OUTER.replace('"Outer"', '"Top"').replace('"Leaf"', '"Outer"'))
    write(tmp_path / "mine", "leaf", LEAF % "mine")
    write(tmp_path / "mine", "outer", OUTER)
    graph = ValidatedGraph(USE_OUTER % "Top", [tmp_path / "mine"])
    assert names_of(graph) == ["use__leaf__leaf__mine"]


def test_subgraphs_beside_the_graphs_file_and_one_folder_below_are_found(tmp_path, shipped):
    write(shipped, "leaf", LEAF % "shipped")
    graph = write(tmp_path / "mine", "graph", USE_OUTER % "Leaf")
    assert names_of(ValidatedGraph(graph)) == ["use__shipped"]
    write(tmp_path / "mine" / "a" / "b", "leaf", LEAF % "too_deep")
    assert names_of(ValidatedGraph(graph)) == ["use__shipped"]
    write(tmp_path / "mine" / "subgraphs", "leaf", LEAF % "below")
    assert names_of(ValidatedGraph(graph)) == ["use__below"]
    write(tmp_path / "mine", "leaf", LEAF % "beside")
    assert names_of(ValidatedGraph(graph)) == ["use__beside"]
    write(tmp_path / "path", "leaf", LEAF % "path")
    assert names_of(ValidatedGraph(graph, [tmp_path / "path"])) == ["use__path"]
    assert names_of(ValidatedGraph(graph.read_text())) == ["use__shipped"]


def test_subgraphs_that_multiply_without_end_are_refused_in_time_and_memory(tmp_path):
    for level in range(31):
        inner = "".join(f'node {{ calculator: "Level{level + 1}" }}' for _ in range(4))
        write(tmp_path, f"level{level}", f'type: "Level{level}" {inner}')
    write(tmp_path, "level31", 'type: "Level31"')
    with pytest.raises(ConfigError, match="more than 10000 nodes"):
        ValidatedGraph('node { calculator: "Level0" }', [tmp_path])

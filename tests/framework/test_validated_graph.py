import dataclasses

import pytest

from attention_mesh.errors import AttentionMeshError
from attention_mesh.framework import ConfigError, GraphError, ValidatedGraph
from attention_mesh.tests.framework.graph_problems import SCALE, only_problem_of, problems_of


def test_unknown_calculator_is_named_with_the_close_one():
    problem = only_problem_of('node { name: "s" calculator: "SampleScalCalculator" }')
    assert 'node "s": Unable to find Calculator "SampleScalCalculator"' in problem
    assert "did you mean SampleScaleCalculator" in problem


def test_several_unknown_calculators_are_all_reported():
    problems = problems_of('node { calculator: "NoneACalculator" } node { calculator: "NoneBCalculator" }')
    assert ["NoneACalculator" in problems[0], "NoneBCalculator" in problems[1]] == [True, True]


def test_tag_that_the_calculator_lacks_is_named_with_stream_and_those_it_has():
    problem = problems_of('input_stream: "a"\n' + SCALE % 'input_stream: "INN:a" output_stream: "OUT:b"')[0]
    assert problem == (
        'node "scaler" (SampleScaleCalculator): it has no input "INN", which the graph connects to "a" '
        '(it has: "IN"); did you mean IN?'
    )


def test_output_tag_that_the_calculator_lacks_is_named_with_stream():
    problem = only_problem_of('input_stream: "a"\n' + SCALE % 'input_stream: "IN:a" output_stream: "b"')
    assert 'it has no output ":0", which the graph connects to "b" (it has: "OUT")' in problem


def test_second_index_of_a_port_that_is_not_repeated_is_refused():
    problem = only_problem_of('input_stream: "a"\n' + SCALE % 'input_stream: "IN:a" input_stream: "IN:1:a"')
    assert 'it has no input "IN:1", which the graph connects to "a"' in problem


def test_required_input_left_open_is_named():
    problem = only_problem_of(SCALE % 'output_stream: "OUT:b"')
    assert problem == 'node "scaler" (SampleScaleCalculator): its input "IN" is not connected, but required'


def test_required_side_packet_left_open_is_named():
    problem = only_problem_of(
        'input_stream: "a" node { calculator: "SampleSideAddCalculator" input_stream: "a" }'
    )
    assert problem == (
        'node "SampleSideAddCalculator": its input side packet "SUMMAND" is not connected, but required'
    )


def test_optional_ports_may_be_left_open():
    graph = ValidatedGraph(
        'input_stream: "a" node { calculator: "SampleOptionalCalculator" input_stream: "IN:a" }'
    )
    assert [c.entry.tag for c in graph.nodes[0].inputs] == ["IN"]


def test_stream_without_producer_names_consumer_stream_and_the_close_name():
    problem = only_problem_of('input_stream: "numbers"\n' + SCALE % 'input_stream: "IN:number"')
    assert problem == (
        'node "scaler" (SampleScaleCalculator): input stream "number" (port IN) is produced by no node: it '
        "does not have a corresponding output stream, and is no input of the graph; did you mean numbers?"
    )


def test_output_stream_of_the_graph_without_producer_is_named():
    problem = only_problem_of('input_stream: "numbers" output_stream: "OUT:numbrs"')
    assert 'output stream "numbrs" is produced by no node; did you mean numbers?' in problem


def test_output_side_packet_of_the_graph_without_producer_is_named():
    problem = only_problem_of('output_side_packet: "TABLE:t"')
    assert problem == 'the graph\'s output side packet "t" is produced by no node'


def test_stream_with_two_producers_names_both():
    node = 'node {{ name: "{}" calculator: "SamplePassCalculator" input_stream: "a" output_stream: "b" }}'
    problem = only_problem_of('input_stream: "a"' + node.format("one") + node.format("two"))
    assert problem == (
        'node "two" (SamplePassCalculator): stream "b" (port :0) is already an output of node "one" '
        "(SamplePassCalculator); a stream has one producer"
    )


def test_stream_that_is_also_a_graph_input_has_two_producers():
    problem = only_problem_of(
        'input_stream: "a" node { calculator: "SampleCountSourceCalculator" output_stream: "a" }'
    )
    assert 'stream "a" (port :0) is already an input of the graph; a stream has one producer' in problem


def test_side_packet_with_two_producers_names_the_side_packet():
    node = 'node { calculator: "SampleTableCalculator" output_side_packet: "TABLE:t" }'
    assert 'side packet "t" (port TABLE) is already an output of node "SampleTableCalculator_1"' in (
        only_problem_of(node * 2)
    )


def test_graph_input_declared_twice_is_named():
    assert only_problem_of('input_stream: "A:a" input_stream: "B:a"') == (
        'the graph declares its input stream "a" twice'
    )


CYCLE = """input_stream: "a"
node { name: "m" calculator: "SampleMergeCalculator" input_stream: "a" input_stream: "c"
       output_stream: "OUT:b" }
node { name: "p" calculator: "SamplePassCalculator" input_stream: "b" output_stream: "c" }
"""


def test_undeclared_cycle_names_its_nodes_in_the_direction_of_flow_and_the_remedy():
    problem = only_problem_of(CYCLE)
    assert "the graph has a cycle: " in problem
    m, p = 'node "m" (SampleMergeCalculator)', 'node "p" (SamplePassCalculator)'
    assert f"{m} → {p} → {m}" in problem
    assert "back_edge: true" in problem


def test_declared_back_edge_makes_the_cycle_valid_and_keeps_the_order():
    mark = 'input_stream_info { tag_index: ":1" back_edge: true }'
    graph = ValidatedGraph(CYCLE.replace('output_stream: "OUT:b"', f'output_stream: "OUT:b" {mark}'))
    assert [node.name for node in graph.nodes] == ["m", "p"]
    assert [c.back_edge for c in graph.nodes[0].inputs] == [False, True]


def test_cycle_of_side_packets_is_refused():
    node = """node { calculator: "SampleTableCalculator"
                    input_side_packet: "BASE:%s" output_side_packet: "TABLE:%s" }"""
    assert "the graph has a cycle" in only_problem_of(node % ("t", "u") + node % ("u", "t"))


def test_back_edge_for_an_input_that_is_not_connected_is_named():
    mark = 'input_stream_info { tag_index: ":7" back_edge: true }'
    problem = only_problem_of(CYCLE.replace('output_stream: "OUT:b"', f'output_stream: "OUT:b" {mark}'))
    assert problem == 'node "m" (SampleMergeCalculator): input_stream_info names ":7", which is not connected'


def test_options_of_another_calculator_are_refused_with_both_types():
    options = "node_options { [type.googleapis.com/attention_mesh.SampleDelayCalculatorOptions] { by: 3 } }"
    problem = only_problem_of(
        'input_stream: "a" node { calculator: "SampleDelayCalculator" input_stream: "a" }'
        + SCALE % f'input_stream: "IN:a" {options}'
    )
    assert problem == (
        'node "scaler" (SampleScaleCalculator): SampleScaleCalculator takes options of type '
        "attention_mesh.SampleScaleCalculatorOptions, not attention_mesh.SampleDelayCalculatorOptions"
    )


def test_options_for_a_calculator_that_takes_none_are_refused():
    options = "node_options { [type.googleapis.com/mediapipe.ThreadPoolExecutorOptions] {} }"
    problem = only_problem_of(
        f'input_stream: "a" node {{ calculator: "SamplePassCalculator" input_stream: "a" {options} }}'
    )
    assert "SamplePassCalculator takes no options, but the graph gives mediapipe.ThreadPool" in problem


@pytest.mark.parametrize(
    "field", ["input_stream", "output_stream", "input_side_packet", "output_side_packet"]
)
def test_malformed_tag_names_node_field_and_entry(field):
    connected = 'input_stream: "IN:a"' if field != "input_stream" else ""
    problem = only_problem_of('input_stream: "a"\n' + SCALE % f'{connected} {field}: "in:a"')
    assert problem.startswith(f'node "scaler" (SampleScaleCalculator): {field}: "in:a" is not "name"')


def test_malformed_tag_of_the_graph_itself_is_refused():
    assert only_problem_of('input_stream: "Image"').startswith('the graph: input_stream: "Image" is not')


def test_unknown_input_stream_handler_is_named_with_the_known_ones():
    problem = only_problem_of(
        'input_stream: "a"\n'
        + SCALE % 'input_stream: "IN:a" input_stream_handler { input_stream_handler: "X" }'
    )
    assert (
        'node "scaler" (SampleScaleCalculator): unknown input stream handler "X" (known: Barrier' in problem
    )


@pytest.mark.parametrize(
    "handler, options, problem",
    [
        (
            "SyncSetInputStreamHandler",
            '[mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "OUT" } }',
            'sync_set names "OUT:0", which is not connected',
        ),
        (
            "SyncSetInputStreamHandler",
            '[mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "in" } }',
            '"in" is not "TAG"',
        ),
        (
            "SyncSetInputStreamHandler",
            "[mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { } }",
            "a sync_set names no input",
        ),
        (
            "FixedSizeInputStreamHandler",
            "[mediapipe.FixedSizeInputStreamHandlerOptions.ext] { target_queue_size: 3 }",
            "target_queue_size is 3 and trigger_queue_size 2",
        ),
    ],
)
def test_input_handler_options_that_do_not_fit_name_node_and_handler(handler, options, problem):
    text = f'input_stream_handler {{ input_stream_handler: "{handler}" options {{ {options} }} }}'
    found = only_problem_of('input_stream: "a"\n' + SCALE % f'input_stream: "IN:a" {text}')
    assert found.startswith(f'node "scaler" (SampleScaleCalculator): {handler}: ')
    assert problem in found


@pytest.mark.parametrize(
    "text, problem",
    [
        ('executor { name: "x" type: "GpuExecutor" }', 'executor "x": unknown type "GpuExecutor"'),
        ('executor { name: "x" } executor { name: "x" }', 'executor "x" is declared twice'),
        ("num_threads: -1", "num_threads is -1"),
        (
            "executor { options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: -2 } } }",
            'executor "": num_threads is -2',
        ),
        (
            'node { calculator: "SampleCountSourceCalculator" executor: "fast" }',
            'node "SampleCountSourceCalculator": executor "fast" is not declared (declared: none)',
        ),
    ],
)
def test_executor_that_cannot_be_is_refused(text, problem):
    assert only_problem_of(text).startswith(problem)


@pytest.mark.parametrize("part", ["packet_factory", "packet_generator", "status_handler"])
def test_parts_of_old_graphs_are_refused_by_name(part):
    assert only_problem_of(f'{part} {{ {part}: "Old" }}').startswith(f'{part} "Old" is not supported')


def test_problems_of_several_nodes_are_reported_at_once():
    problems = problems_of(
        """input_stream: "a"
        node { name: "one" calculator: "SampleScaleCalculator" input_stream: "X:a" }
        node { name: "two" calculator: "SampleScaleCalculator" input_stream: "IN:a" output_stream: "b:c" }
        node { name: "three" calculator: "SampleSideAddCalculator" }"""
    )
    assert [sum(f'"{name}"' in p for p in problems) for name in ("one", "two", "three")] == [2, 1, 2]


def test_nodes_are_ordered_by_streams_and_side_packets_whatever_the_order_of_the_text():
    graph = ValidatedGraph(
        """input_stream: "a"
        node { name: "late" calculator: "SamplePassCalculator" input_stream: "b" }
        node { name: "add" calculator: "SampleSideAddCalculator" input_stream: "a" output_stream: "b"
               input_side_packet: "SUMMAND:u" }
        node { name: "second" calculator: "SampleTableCalculator" input_side_packet: "BASE:t"
               output_side_packet: "TABLE:u" }
        node { name: "first" calculator: "SampleTableCalculator" output_side_packet: "TABLE:t" }"""
    )
    assert [node.name for node in graph.nodes] == ["first", "second", "add", "late"]


def test_nodes_without_a_name_are_numbered_past_names_that_are_taken():
    node = 'node { %s calculator: "SampleCountSourceCalculator" }'
    graph = ValidatedGraph(node % "" + node % 'name: "SampleCountSourceCalculator_1"' + node % "")
    assert [n.name for n in graph.nodes] == [
        "SampleCountSourceCalculator_2",
        "SampleCountSourceCalculator_1",
        "SampleCountSourceCalculator_3",
    ]


def test_the_given_config_is_left_as_it_is():
    from attention_mesh.framework import parse_graph_config

    config = parse_graph_config(
        'input_stream: "a" node { calculator: "SamplePassCalculator" input_stream: "a" }'
    )
    before = config.SerializeToString()
    ValidatedGraph(config)
    assert config.SerializeToString() == before


def test_unknown_output_stream_handler_is_named_with_the_one_there_is():
    handler = 'output_stream_handler { output_stream_handler: "%s" }'
    node = 'input_stream: "a"' + SCALE % f'input_stream: "IN:a" {handler}'
    assert only_problem_of(node % "X") == (
        'node "scaler": unknown output stream handler "X" (known: InOrderOutputStreamHandler)'
    )
    assert only_problem_of('input_stream: "a"' + handler % "Y").startswith("the graph: unknown output stream")
    ValidatedGraph(node % "InOrderOutputStreamHandler")


def test_a_validated_graph_cannot_be_changed():
    graph = ValidatedGraph('input_stream: "a"' + SCALE % 'input_stream: "IN:a" output_stream: "OUT:b"')
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.nodes = ()
    with pytest.raises(TypeError):
        graph.producers["b"] = None


def test_a_config_error_is_also_the_built_in_error_and_one_of_ours():
    for expected in (ConfigError, GraphError, AttentionMeshError, ValueError):
        with pytest.raises(expected):
            ValidatedGraph('node { calculator: "NoneCalculator" }')

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, GraphError
from attention_mesh.framework.timestamps import POST_STREAM, PRE_STREAM
from attention_mesh.tests.framework.graph_problems import only_problem_of
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph, within
from attention_mesh.tests.framework.handler_steps import Steps

MUX = 'input_stream_handler { input_stream_handler: "MuxInputStreamHandler" }'
THREE = f"""input_stream: "a" input_stream: "b" input_stream: "which"
node {{ name: "mux" calculator: "TogetherCalculator" input_stream: "a" input_stream: "b"
  input_stream: "which" output_stream: "OUT:out" {MUX} }}"""


def test_waits_for_the_input_that_the_control_names_and_for_no_other():
    steps = Steps(THREE)
    assert steps.add("which", 1, 0) == []
    assert steps.add("b", 1, "b1") == []
    assert steps.add("a", 1, "a1") == [(0, (1, ["a1", None, 0]))]
    assert steps.add("b", 2, "b2") == []
    assert steps.add("which", 2, 1) == [(1, (2, [None, "b2", 1]))]
    assert steps.end() == []


def test_runs_with_the_control_alone_where_the_chosen_input_has_passed_its_timestamp():
    steps = Steps(THREE)
    assert steps.add("which", 5, 0) == []
    assert steps.bound("a", 5) == []
    assert steps.bound("a", 6) == [(0, (5, [None, None, 0]))]
    assert steps.add("a", 9, "a9") == []
    assert steps.add("which", 7, 0) == [(1, (7, [None, None, 0]))]
    assert steps.add("which", 9, 0) == [(2, (9, ["a9", None, 0]))]
    assert steps.end() == []


def test_data_older_than_the_control_is_dropped_unread_also_by_a_bound_alone():
    steps = Steps(THREE)
    assert steps.add("a", 1, "a1") == steps.add("a", 2, "a2") == steps.add("b", 1, "b1") == []
    assert steps.add("which", 2, 0) == [(0, (2, ["a2", None, 0]))]
    steps.add("a", 3, "a3")
    assert steps.bound("which", 4) == []
    queues = [len(stream.queue) for node in steps.graph._run.nodes for stream in node.streams]
    assert not any(queues)
    assert steps.end() == []


def test_closes_with_its_control_though_data_may_still_come():
    config = THREE + 'node { calculator: "SamplePassCalculator" input_stream: "a" output_stream: "x" }'
    with CalculatorGraph(config, scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("out", received.append)
        graph.start_run()
        graph.close_input_stream("which")
        graph.wait_until_idle()
        graph.add_packet("a", 1, 1)
        graph.wait_until_idle()
        states = {node.name: node.state for node in graph._run.nodes}
        assert states["mux"] > states["SamplePassCalculator"]
    assert received == []


def test_outputs_may_follow_the_control_alone():
    config = f"""input_stream: "a" input_stream: "b" input_stream: "which"
    node {{ calculator: "SampleOffsetMergeCalculator" input_stream: "a" input_stream: "b"
      input_stream: "which" output_stream: "OUT:out" {MUX} }}"""
    steps = Steps(config, bounds=True)
    assert steps.bound("which", 5) == [(4, None)]
    assert steps.add("which", 7, 1) == [(6, None)]
    assert [timestamp for timestamp, value in steps.add("b", 7, 7) if value] == [7]
    steps.graph.close()


@pytest.mark.parametrize("choice", [2, -1, "a", 0.0, None])
def test_control_that_names_no_data_input_ends_the_run_and_says_what_would_be_right(choice):
    steps = Steps(THREE)
    with pytest.raises(CalculatorError) as caught:
        steps.add("which", 3, choice)
    assert str(caught.value) == (
        'node "mux" (TogetherCalculator): MuxInputStreamHandler: control stream "which" at timestamp 3: '
        f"{choice!r} is not the number of a data input (0 to 1)"
    )
    assert steps.graph.errors
    with pytest.raises(CalculatorError):
        steps.graph.wait_until_done()


@every_scheduler
def test_wrong_control_ends_the_run_on_every_scheduler(scheduler):
    feed = {"which": [(1, 0), (2, 9)], "a": [(1, 1), (2, 2)]}
    with pytest.raises(GraphError, match="9 is not the number of a data input"):
        within(10, lambda: run_graph(THREE, feed, **scheduler))


def test_control_is_the_last_input_by_tag_and_index_wherever_the_graph_writes_it():
    config = f"""input_stream: "a" input_stream: "b"
    node {{ calculator: "SampleTupleCalculator" input_stream: "IN:1:b" input_stream: "IN:0:a"
      output_stream: "OUT:out" {MUX} }}"""
    steps = Steps(config)
    assert steps.add("b", 4, 0) == []
    assert steps.add("a", 4, "a4") == [(4, ("a4", 0))]
    assert steps.end() == []


@pytest.mark.parametrize("timestamp", [PRE_STREAM, POST_STREAM])
def test_a_packet_of_the_whole_stream_is_chosen_too(timestamp):
    steps = Steps(THREE)
    assert steps.add("a", timestamp, "all") == []
    assert steps.add("which", timestamp, 0) == [(0, (timestamp, ["all", None, 0]))]
    assert steps.end() == []


def test_node_without_data_input_is_refused():
    config = f'input_stream: "a" node {{ calculator: "TogetherCalculator" input_stream: "a" {MUX} }}'
    assert only_problem_of(config).endswith(
        "MuxInputStreamHandler: it needs a control input and at least one data input"
    )

import threading

import numpy as np
import pytest

from attention_mesh.framework import (
    CalculatorError,
    CalculatorGraph,
    CancelledError,
    ConfigError,
    GraphError,
    TimestampError,
    ValidatedGraph,
)
from attention_mesh.framework.timestamps import DONE, UNSTARTED
from attention_mesh.tests.framework.graph_runs import PASS, chain, every_scheduler, run_graph, within


@every_scheduler
def test_graph_starts_again_after_a_run_an_error_and_a_cancel(scheduler):
    with CalculatorGraph(chain(second="process", at=5), **scheduler) as graph:
        received: list = []
        graph.observe_output_stream("s3", lambda packet: received.append(packet.value))
        for timestamp, value in ((1, "first"), (5, "fails"), (1, "third")):
            graph.start_run({"log": []})
            graph.add_packet("s0", value, timestamp)
            graph.close_all_packet_sources()
            if value == "fails":
                with pytest.raises(CalculatorError):
                    within(10, graph.wait_until_done)
            else:
                within(10, graph.wait_until_done)
                assert graph.errors == []
        graph.start_run({"log": []})
        graph.cancel()
        with pytest.raises(CancelledError, match="the graph was cancelled"):
            within(10, graph.wait_until_done)
        graph.start_run({"log": []})
        graph.add_packet("s0", "fifth", 1)
        graph.wait_until_idle()
        assert received == ["first", "third", "fifth"]


def test_start_of_a_running_graph_and_use_before_start_or_after_the_end_are_refused():
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        for use in (
            graph.wait_until_idle,
            graph.wait_until_done,
            lambda: graph.add_packet("a", 1, 1),
            lambda: graph.close_input_stream("a"),
            lambda: graph.set_input_stream_bound("a", 5),
        ):
            with pytest.raises(GraphError, match="has not been started"):
                use()
        assert graph.errors == []
        graph.start_run()
        with pytest.raises(GraphError, match="running already"):
            graph.start_run()
        with pytest.raises(GraphError, match="the graph is running; observe before start_run"):
            graph.observe_output_stream("b", print)
        with pytest.raises(GraphError, match="close all graph inputs first"):
            graph.wait_until_done()
        graph.close_all_packet_sources()
        graph.wait_until_done()
        with pytest.raises(GraphError, match='graph input "a": the run is over; start it again'):
            graph.add_packet("a", 1, 1)


def test_unknown_streams_are_refused_with_the_known_ones():
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        with pytest.raises(ConfigError, match=r'no stream "c" to observe \(it has: a, b\)'):
            graph.observe_output_stream("c", print)
        graph.start_run()
        with pytest.raises(GraphError, match=r'no input stream "b" \(it has: a\)'):
            graph.add_packet("b", 1, 1)


def test_graph_is_given_in_exactly_one_way(tmp_path):
    validated = ValidatedGraph(PASS)
    path = tmp_path / "graph.pbtxt"
    path.write_text(PASS)
    for arguments in ({"graph_config": PASS}, {"graph_config": path}, {"validated_graph": validated}):
        assert CalculatorGraph(**arguments).validated_graph.outputs[0].name == "b"
    for arguments in ({}, {"graph_config": PASS, "validated_graph": validated}):
        with pytest.raises(ValueError, match="one of graph_config and validated_graph"):
            CalculatorGraph(**arguments)
    with pytest.raises(ValueError, match='scheduler is "caller", "pool" or None, not \'fast\''):
        CalculatorGraph(PASS, scheduler="fast")


@pytest.mark.parametrize(
    "arguments, error, problem",
    [
        (
            {"graph_config": PASS, "num_threads": -1},
            ValueError,
            "num_threads is -1; expected an int, 0 or more",
        ),
        ({"graph_config": PASS, "num_threads": "2"}, ValueError, "num_threads is '2'; expected an int"),
        ({"validated_graph": PASS}, TypeError, "validated_graph is a ValidatedGraph, not a str"),
        ({"graph_config": "my.pbtxt"}, ConfigError, r'not the name of its file: Path\("my.pbtxt"\)'),
    ],
)
def test_what_a_graph_cannot_be_made_of_is_refused(arguments, error, problem):
    with pytest.raises(error, match=problem):
        CalculatorGraph(**arguments)


def test_one_folder_with_subgraphs_may_be_given_as_it_is(tmp_path):
    (tmp_path / "twice.pbtxt").write_text('type: "Twice" ' + PASS)
    for folder in (tmp_path, str(tmp_path)):
        text = 'input_stream: "x" node { calculator: "Twice" input_stream: "x" output_stream: "y" }'
        graph = CalculatorGraph(text, graph_path=folder)
        assert [node.name for node in graph.validated_graph.nodes] == ["Twice__pass"]


def test_what_a_running_graph_cannot_take_is_refused_with_the_stream():
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        with pytest.raises(TypeError, match="the callback is a int; expected a function"):
            graph.observe_output_stream("b", 5)
        with pytest.raises(TypeError, match="input_side_packets is a dict, name → value, not a int"):
            graph.start_run(5)
        graph.start_run()


@every_scheduler
def test_graph_input_may_be_observed_and_two_observers_of_a_stream_both_get_it(scheduler):
    received: list = []
    with CalculatorGraph(PASS, **scheduler) as graph:
        for name in ("a", "b", "b"):
            graph.observe_output_stream(name, lambda packet, name=name: received.append(name))
        graph.start_run()
        graph.add_packet("a", 1, 1)
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)
    assert sorted(received) == ["a", "b", "b"]


@every_scheduler
def test_run_is_not_over_before_every_graph_input_is_closed(scheduler):
    config = """input_stream: "a" input_stream: "unread"
    node { calculator: "SamplePassCalculator" input_stream: "a" output_stream: "b" }"""
    with CalculatorGraph(config, **scheduler) as graph:
        graph.start_run()
        graph.close_input_stream("a")
        graph.wait_until_idle()
        graph.add_packet("unread", 1, 1)
        graph.close_input_stream("unread")
        within(10, graph.wait_until_done)


@every_scheduler
def test_graph_without_nodes_hands_its_input_to_an_observer(scheduler):
    assert run_graph('input_stream: "a" output_stream: "a"', {"a": [(1, "x")]}, **scheduler) == {
        "a": [(1, "x")]
    }
    assert run_graph("", **scheduler) == {}


@every_scheduler
def test_packet_below_the_bound_names_stream_timestamp_and_minimum_and_the_run_goes_on(scheduler):
    with CalculatorGraph(PASS, **scheduler) as graph:
        received: list = []
        graph.observe_output_stream("b", lambda packet: received.append(packet.timestamp))
        graph.start_run()
        graph.add_packet("a", "x", 20)
        text = 'mismatch on stream "a". Current minimum expected timestamp is 21 but received 20.'
        with pytest.raises(TimestampError) as caught:
            graph.add_packet("a", "x", 20)
        assert text in str(caught.value)
        graph.set_input_stream_bound("a", 40)
        with pytest.raises(TimestampError, match="minimum expected timestamp is 40 but received 39"):
            graph.add_packet("a", "x", 39)
        graph.add_packet("a", "x", 40)
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)
        assert received == [20, 40]


@pytest.mark.parametrize(
    "timestamp, name", [(DONE, "Done"), (UNSTARTED, "Unstarted"), (DONE - 1, "OneOverPostStr")]
)
def test_timestamp_that_no_packet_can_have_is_refused_by_name(timestamp, name):
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        graph.start_run()
        with pytest.raises(TimestampError, match=f'stream "a": .*Timestamp::{name}'):
            graph.add_packet("a", 1, timestamp)


@every_scheduler
@pytest.mark.parametrize("timestamp", [10.7, "30", None, float("nan"), [3]])
def test_timestamp_that_is_no_whole_number_is_refused_with_the_stream(scheduler, timestamp):
    received = []
    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", lambda packet: received.append(packet.timestamp))
        graph.start_run()
        for call in (
            lambda: graph.add_packet("a", 1, timestamp),
            lambda: graph.set_input_stream_bound("a", timestamp),
        ):
            with pytest.raises(TypeError, match='graph input "a": a timestamp is an int, in µs, not '):
                call()
        graph.add_packet("a", 1, np.int64(5))
        graph.wait_until_idle()
    assert received == [5]


def test_a_closed_input_says_so():
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        graph.start_run()
        graph.close_input_stream("a")
        with pytest.raises(TimestampError, match='stream "a" is closed'):
            graph.add_packet("a", 1, 1)


def test_value_that_no_consumer_can_read_is_refused_with_both_types():
    config = 'input_stream: "a" node { calculator: "SampleScaleCalculator" input_stream: "IN:a" }'
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.start_run()
        with pytest.raises(TypeError, match='graph input "a" takes int, but was given str'):
            graph.add_packet("a", "x", 1)
        graph.add_packet("a", 3, 1)
        graph.wait_until_idle()


def test_bound_past_the_end_closes_the_input():
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        graph.start_run()
        graph.set_input_stream_bound("a", 2**70)
        graph.wait_until_done()


@every_scheduler
@pytest.mark.parametrize("method", ["wait_until_idle", "wait_until_done"])
def test_waiting_for_the_graph_inside_a_callback_is_refused_instead_of_hanging(scheduler, method):
    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", lambda packet: getattr(graph, method)())
        graph.start_run()
        graph.add_packet("a", 1, 1)
        with pytest.raises(GraphError, match=f"{method}: a calculator or callback cannot wait for the graph"):
            within(10, graph.wait_until_idle)


@every_scheduler
def test_callback_may_add_packets_even_where_the_graph_is_full(scheduler):
    config = PASS + "max_queue_size: 1"
    received: list = []
    with CalculatorGraph(config, **scheduler) as graph:

        def answer(packet):
            received.append(packet.timestamp)
            if packet.timestamp == 0:
                for timestamp in range(10, 15):
                    graph.add_packet("a", "more", timestamp)

        graph.observe_output_stream("b", answer)
        graph.start_run()
        graph.add_packet("a", "x", 0)
        within(10, graph.wait_until_idle)
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)
    assert received == [0, 10, 11, 12, 13, 14]


@every_scheduler
def test_callback_may_end_the_graph_at_once(scheduler):
    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", lambda packet: graph.close(finish=False))
        graph.start_run()
        graph.add_packet("a", 1, 1)
        with pytest.raises(CancelledError):
            within(10, graph.wait_until_idle)


@every_scheduler
def test_callback_may_close_the_graph_which_finishes(scheduler):
    received = []

    def close_at_the_first(packet):
        received.append(packet.value)
        graph.close()

    with CalculatorGraph(PASS, **scheduler) as graph:
        graph.observe_output_stream("b", close_at_the_first)
        graph.start_run()
        graph.add_packet("a", 1, 1)
        within(10, graph.wait_until_done)
    assert received == [1]


@every_scheduler
def test_packets_may_be_added_from_several_threads(scheduler):
    names = [f"in{index}" for index in range(4)]
    config = "".join(
        f"""input_stream: "{name}" output_stream: "{name}_out"
        node {{ calculator: "SamplePassCalculator" input_stream: "{name}" output_stream: "{name}_out" }}"""
        for name in names
    )
    with CalculatorGraph(config + "max_queue_size: 5", **scheduler) as graph:
        received = {name: [] for name in names}
        for name in names:
            graph.observe_output_stream(
                f"{name}_out", lambda packet, into=received[name]: into.append(packet.timestamp)
            )
        graph.start_run()

        def feed(name):
            for timestamp in range(100):
                graph.add_packet(name, timestamp, timestamp)
                if timestamp % 10 == 0:
                    graph.wait_until_idle()
            graph.close_input_stream(name)

        threads = [threading.Thread(target=feed, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        within(10, graph.wait_until_done)
    assert received == {name: list(range(100)) for name in names}


def test_graphs_may_be_made_in_several_threads_at_once():
    made: list = []
    threads = [
        threading.Thread(target=lambda: made.append(run_graph(PASS, {"a": [(1, 1)]}, scheduler="pool")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert made == [{"b": [(1, 1)]}] * 8

"""max_queue_size: sources and graph inputs wait for slow nodes, and deadlocks of full queues end."""

import threading
import time

import pytest

from attention_mesh.framework import CalculatorGraph, GraphError, QueueFullError
from attention_mesh.tests.framework.graph_runs import SCHEDULERS, every_scheduler, run_graph, within
from attention_mesh.tests.framework.sample_calculators import Gate

on_threads = pytest.mark.parametrize("scheduler", SCHEDULERS[1:], ids=["1 thread", "pool"])

GATED = """input_stream: "a" output_stream: "b" max_queue_size: 3
node { calculator: "SampleGateCalculator" input_side_packet: "GATE:gate"
       input_stream: "a" output_stream: "b" }"""


def longest_queue(graph: CalculatorGraph) -> int:
    """Packets in the longest queue of a graph now."""
    with graph._run.lock:
        return max(len(stream.queue) for node in graph._run.nodes for stream in node.streams)


@on_threads
def test_adding_to_a_full_graph_waits_until_there_is_room(scheduler):
    gate = Gate()
    with CalculatorGraph(GATED, **scheduler) as graph:
        graph.start_run({"gate": gate})
        graph.add_packet("a", 0, 0)
        assert gate.reached.wait(10)
        for timestamp in (1, 2, 3):
            graph.add_packet("a", timestamp, timestamp)
        added = threading.Event()
        adder = threading.Thread(target=lambda: (graph.add_packet("a", 4, 4), added.set()))
        adder.start()
        assert not added.wait(0.1)
        assert longest_queue(graph) == 3
        gate.go.set()
        assert added.wait(10)
        adder.join()
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)


@every_scheduler
def test_graph_that_does_not_wait_refuses_what_a_full_graph_has_no_room_for_and_takes_more_later(scheduler):
    gate = Gate()
    with CalculatorGraph(GATED, **scheduler) as graph:
        assert graph.waits_when_full
        graph.waits_when_full = False
        received: list = []
        graph.observe_output_stream("b", lambda packet: received.append(packet.value))
        graph.start_run({"gate": gate})
        taken = 0
        with pytest.raises(QueueFullError, match='graph input "a": 3 packets are waiting already'):
            for timestamp in range(10):
                graph.add_packet("a", timestamp, timestamp)
                taken = timestamp + 1
        assert 3 <= taken <= 4  # with threads, one may be in process
        gate.go.set()
        within(10, graph.wait_until_idle)
        graph.add_packet("a", taken, taken)
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)
        assert received == list(range(taken + 1))


def test_on_the_callers_thread_adding_to_a_full_graph_runs_it():
    with CalculatorGraph('max_queue_size: 2 input_stream: "a"', scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("a", lambda packet: received.append(packet.timestamp))
        graph.start_run()
        for timestamp in range(3):
            graph.add_packet("a", 0, timestamp)
        assert received == [0]
        graph.close()


SOURCE = """node { calculator: "SampleCountSourceCalculator" output_stream: "n"
  node_options { [type.googleapis.com/attention_mesh.SampleCountSourceCalculatorOptions] { count: %d } } }
"""


@every_scheduler
def test_source_that_outruns_a_slow_node_far_down_stays_bounded(scheduler):
    longest = 0
    config = (
        SOURCE % 60
        + """max_queue_size: 4
    node { calculator: "SamplePassCalculator" input_stream: "n" output_stream: "m" }
    node { calculator: "SampleSleepCalculator" input_stream: "m" output_stream: "out" }"""
    )
    with CalculatorGraph(config, **scheduler) as graph:
        received: list = []

        def watch(packet):
            nonlocal longest
            longest = max(longest, longest_queue(graph))
            received.append(packet.value)

        graph.observe_output_stream("out", watch)
        graph.start_run()
        within(20, graph.wait_until_done)
    assert received == list(range(60))
    # A source and the pass node may each have one more packet under way when the last queue fills up.
    assert longest <= 4 + 2


def test_max_queue_size_minus_one_never_holds_back():
    with CalculatorGraph('max_queue_size: -1 input_stream: "a"', scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("a", received.append)
        graph.waits_when_full = False
        graph.start_run()
        for timestamp in range(500):
            graph.add_packet("a", 0, timestamp)
        graph.wait_until_idle()
        assert len(received) == 500


def test_default_is_100_packets():
    with CalculatorGraph('input_stream: "a"', scheduler="caller") as graph:
        assert graph.max_queue_size == 100
        graph.observe_output_stream("a", lambda packet: None)
        graph.waits_when_full = False
        graph.start_run()
        for timestamp in range(100):
            graph.add_packet("a", 0, timestamp)
        with pytest.raises(QueueFullError):
            graph.add_packet("a", 0, 100)


# One output skips every second packet and moves no bound. So the merge waits while the other output fills its
# queue, and nothing moves until the queue may grow.
STARVED = """max_queue_size: 2 output_stream: "out" %s
node { calculator: "SampleDropCalculator" input_stream: "n" output_stream: "rare"
  node_options { [type.googleapis.com/attention_mesh.SampleDropCalculatorOptions] { modulus: 10 } } }
node { name: "join" calculator: "SampleMergeCalculator" input_stream: "n" input_stream: "starved"
       output_stream: "OUT:out" }
node { calculator: "SampleDropCalculator" input_stream: "rare" output_stream: "starved"
  node_options { [type.googleapis.com/attention_mesh.SampleDropCalculatorOptions] { modulus: 1 } } }
"""


@every_scheduler
@pytest.mark.parametrize("feed", ["source", "graph input"])
def test_deadlock_of_full_queues_grows_them_and_the_graph_goes_on(scheduler, feed):
    config = STARVED % "" + (SOURCE % 30 if feed == "source" else 'input_stream: "n"')
    inputs = {} if feed == "source" else {"n": [(t, t) for t in range(30)]}
    received = within(20, lambda: run_graph(config, inputs, **scheduler))["out"]
    assert [timestamp for timestamp, _ in received] == list(range(30))


def test_deadlock_grows_a_queue_by_one_packet_at_a_time():
    config = STARVED % "" + 'input_stream: "n"'
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.start_run()
        lengths = []
        for timestamp in range(6):
            graph.add_packet("n", timestamp, timestamp)
            lengths.append(longest_queue(graph))
        (full,) = [s for n in graph._run.nodes for s in n.streams if n.name == "join" and s.name == "n"]
        assert (lengths, full.limit) == ([1, 2, 3, 4, 5, 6], 6)
        graph.close()


@every_scheduler
@pytest.mark.parametrize("feed", ["source", "graph input"])
def test_report_deadlock_ends_the_run_with_the_full_streams_and_their_nodes(scheduler, feed):
    config = STARVED % "report_deadlock: true" + (SOURCE % 30 if feed == "source" else 'input_stream: "n"')
    inputs = {} if feed == "source" else {"n": [(t, t) for t in range(30)]}
    with pytest.raises(GraphError) as caught:
        within(20, lambda: run_graph(config, inputs, **scheduler))
    assert str(caught.value).startswith('the graph is in a deadlock: "n" at node "join" (SampleMerge')
    assert "holds 2 packets" in str(caught.value)
    assert "max_queue_size" in str(caught.value)


@every_scheduler
def test_report_deadlock_does_not_mistake_a_slow_graph_for_a_deadlock(scheduler):
    config = (
        SOURCE % 20
        + """max_queue_size: 1 report_deadlock: true output_stream: "out"
    node { calculator: "SampleSleepCalculator" input_stream: "n" output_stream: "out" }"""
    )
    assert len(within(20, lambda: run_graph(config, **scheduler))["out"]) == 20


def test_back_edges_hold_nobody_back():
    config = """input_stream: "a" output_stream: "c" max_queue_size: 1
    node { calculator: "SampleLoopbackCalculator" input_stream: "MAIN:a" input_stream: "LOOP:c"
           input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV:p" }
    node { calculator: "SampleMergeCalculator" input_stream: "a" input_stream: "p" output_stream: "OUT:c" }"""
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.start_run()
        loop = next(s for n in graph._run.nodes for s in n.streams if s.back_edge)
        assert loop.feeds == []
        graph.close()


def test_a_camera_that_adds_without_waiting_never_blocks():
    """As for a live stream: adding does not wait, and a frame that finds no room is dropped."""
    config = """input_stream: "a" output_stream: "b" max_queue_size: 1
    node { calculator: "SampleSleepCalculator" input_stream: "a" output_stream: "b" }"""
    with CalculatorGraph(config, scheduler="pool") as graph:
        graph.waits_when_full = False
        received: list = []
        graph.observe_output_stream("b", lambda packet: received.append(packet.timestamp))
        graph.start_run()
        dropped = 0
        for timestamp in range(100):
            try:
                graph.add_packet("a", timestamp, timestamp)
            except QueueFullError:
                dropped += 1
            time.sleep(1e-4)
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)
    assert dropped > 0
    assert len(received) == 100 - dropped

import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph, within
from attention_mesh.tests.framework.handler_steps import Steps

PAIR = """input_stream: "a" input_stream: "b" output_stream: "out"
node { name: "pair" calculator: "TogetherCalculator" input_stream: "a" input_stream: "b"
  output_stream: "OUT:out" input_stream_handler { input_stream_handler: "BarrierInputStreamHandler" } }"""


def test_takes_the_oldest_packet_of_every_input_whatever_their_timestamps():
    steps = Steps(PAIR)
    assert steps.add("a", 10, "a1") == steps.add("a", 30, "a2") == []
    assert steps.add("b", 5, "b1") == [(0, (5, ["a1", "b1"]))]
    assert steps.add("b", 99, "b2") == [(1, (30, ["a2", "b2"]))]
    assert steps.end() == []


def test_bounds_let_nothing_through():
    steps = Steps(PAIR)
    assert steps.add("a", 1, "a1") == steps.bound("b", 100) == []
    assert steps.add("b", 200, "b1") == [(0, (1, ["a1", "b1"]))]
    assert steps.end() == []


@pytest.mark.parametrize("first", ["a", "b"])
def test_ends_with_the_first_input_that_ends(first):
    steps = Steps(PAIR)
    other = "b" if first == "a" else "a"
    steps.add(other, 1, "x")
    steps.add(other, 2, "y")
    steps.graph.close_input_stream(first)
    steps.graph.wait_until_idle()
    assert not any(stream.queue for node in steps.graph._run.nodes for stream in node.streams)
    assert steps.end() == []


def test_packets_that_came_before_an_input_ended_are_still_paired():
    with CalculatorGraph(PAIR, scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("out", lambda packet: received.append(packet.value))
        graph.start_run()
        graph.add_packet("a", "a1", 1)
        graph.close_input_stream("a")
        graph.add_packet("b", "b1", 7)
        graph.add_packet("b", "b2", 8)
        graph.close_all_packet_sources()
        graph.wait_until_done()
    assert received == [(1, ["a1", "b1"])]


@every_scheduler
def test_pairs_by_order_on_every_scheduler(scheduler):
    feed = {"a": [(t, t) for t in range(20)], "b": [(100 + 3 * t, t) for t in range(15)]}
    pairs = [value for _, (_, value) in within(10, lambda: run_graph(PAIR, feed, **scheduler))["out"]]
    assert pairs == [[number, number] for number in range(15)]

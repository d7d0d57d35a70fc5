"""Closing a graph and leaving its block, and graphs that are dropped while they run."""

import gc
import threading
import weakref

import pytest

from attention_mesh.framework import Calculator, CalculatorError, CalculatorGraph, Input, Output, calculator
from attention_mesh.tests.framework.graph_runs import chain, every_scheduler, within
from attention_mesh.tests.framework.sample_calculators import Gate


@calculator
class HoldBackTestCalculator(Calculator):
    """Sends each packet when the next one comes, and the last one in `close`."""

    entry = Input("IN", int)
    result = Output("OUT", int)

    def open(self):
        self.last = None

    def process(self):
        self._send()
        self.last = (self.entry.value, self.timestamp)

    def close(self):
        self._send()

    def _send(self):
        if self.last is not None:
            self.result.send(*self.last)


HELD = """input_stream: "a" output_stream: "b"
node { calculator: "HoldBackTestCalculator" input_stream: "IN:a" output_stream: "OUT:b" }"""
LOGGED = """input_stream: "a" node { name: "log" calculator: "SampleLogCalculator" input_stream: "a"
  input_side_packet: "LOG:log" }"""


def started(scheduler, received):
    graph = CalculatorGraph(HELD, **scheduler)
    graph.observe_output_stream("b", lambda packet: received.append(packet.value))
    graph.start_run()
    for timestamp in range(3):
        graph.add_packet("a", timestamp, timestamp)
    return graph


@every_scheduler
def test_close_delivers_what_is_held_back(scheduler):
    received = []
    graph = started(scheduler, received)
    graph.wait_until_idle()
    assert received == [0, 1]
    within(10, graph.close)
    assert received == [0, 1, 2]
    within(10, graph.close)
    assert received == [0, 1, 2]


@every_scheduler
def test_leaving_the_block_delivers_all_that_was_added(scheduler):
    received = []
    with started(scheduler, received):
        pass
    assert received == [0, 1, 2]


@every_scheduler
def test_an_exception_in_the_block_cancels_and_is_not_replaced(scheduler):
    received = []
    with pytest.raises(KeyError, match="the block's"), started(scheduler, received) as graph:
        raise KeyError("the block's")
    assert 2 not in received and not graph.is_running


@every_scheduler
def test_close_without_finishing_cancels(scheduler):
    received = []
    graph = started(scheduler, received)
    within(10, lambda: graph.close(finish=False))
    assert 2 not in received and not graph.is_running


@every_scheduler
def test_close_raises_an_error_that_nobody_has_seen_yet_once(scheduler):
    graph = CalculatorGraph(chain(second="process"), **scheduler)
    graph.start_run({"log": []})
    graph.add_packet("s0", 1, 0)
    with pytest.raises(CalculatorError, match="process went wrong"):
        within(10, graph.close)
    within(10, graph.close)


@every_scheduler
def test_leaving_the_block_does_not_repeat_an_error_that_was_caught(scheduler):
    with CalculatorGraph(chain(second="process"), **scheduler) as graph:
        graph.start_run({"log": []})
        graph.add_packet("s0", 1, 0)
        with pytest.raises(CalculatorError):
            within(10, graph.wait_until_idle)


@every_scheduler
def test_leaving_the_block_of_a_graph_that_was_never_started_does_nothing(scheduler):
    with CalculatorGraph(HELD, **scheduler) as graph:
        pass
    graph.close()


def graph_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("graph-")]


def ended(threads):
    for thread in threads:
        thread.join(10)
    return not any(thread.is_alive() for thread in threads)


@every_scheduler
def test_a_dropped_graph_closes_its_nodes_and_ends_its_threads(scheduler):
    log, before = [], set(graph_threads())
    graph = CalculatorGraph(LOGGED, **scheduler)
    graph.start_run({"log": log})
    graph.add_packet("a", 1, 1)
    graph.wait_until_idle()
    threads = set(graph_threads()) - before
    del graph
    gc.collect()
    assert ended(threads)
    assert log[-1] == ("log", "close")


@every_scheduler
def test_a_dropped_graph_whose_callback_refers_to_its_owner_is_collected(scheduler):
    before = set(graph_threads())

    class Owner:
        def __init__(self):
            self.graph = CalculatorGraph(LOGGED, **scheduler)
            self.graph.observe_output_stream("a", self.receive)
            self.graph.start_run({"log": []})
            self.graph.add_packet("a", 1, 1)
            self.graph.wait_until_idle()

        def receive(self, packet):
            pass

    owner = weakref.ref(Owner())
    threads = set(graph_threads()) - before
    for _ in range(50):  # a thread may hold the run for a moment before it waits
        gc.collect()
        if owner() is None:
            break
        threading.Event().wait(0.02)
    assert owner() is None
    assert ended(threads)


def test_a_graph_that_is_dropped_while_a_node_runs_ends_after_that_node():
    gate, before = Gate(), set(graph_threads())
    graph = CalculatorGraph(
        """input_stream: "a" output_stream: "b" node { calculator: "SampleGateCalculator"
        input_side_packet: "GATE:gate" input_stream: "a" output_stream: "b" }""",
        scheduler="pool",
    )
    graph.start_run({"gate": gate})
    graph.add_packet("a", 1, 1)
    assert gate.reached.wait(10)
    threads = set(graph_threads()) - before
    del graph
    gc.collect()
    gate.go.set()
    assert ended(threads)

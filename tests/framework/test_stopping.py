"""STOP: a source returns it to end, another node to end all sources."""

import threading

import pytest

from attention_mesh.framework import STOP, Calculator, CalculatorGraph, GraphError, Input, Output, calculator
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph, within


@calculator
class StopAtCalculator(Calculator):
    """Sends its input on; returns STOP with the value `at`."""

    entry = Input("", int)
    result = Output("", int)

    class Options:
        at: int = 3

    def process(self):
        self.result.send(self.entry.value)
        return STOP if self.entry.value == self.options.at else None


ENDLESS = """
node { name: "%s" calculator: "SampleCountSourceCalculator" output_stream: "%s" source_layer: %d
  node_options { [type.googleapis.com/attention_mesh.SampleCountSourceCalculatorOptions] { count: -1 } } }
"""
STOPPER = 'node { name: "stop" calculator: "StopAtCalculator" input_stream: "%s" output_stream: "%s" }\n'
SLOW = """node { calculator: "SampleSleepCalculator" input_stream: "%s" output_stream: "%s" node_options {
  [type.googleapis.com/attention_mesh.SampleSleepCalculatorOptions] { ms: 2 } } }
"""


@every_scheduler
def test_stop_of_a_node_ends_an_endless_graph_once_all_that_is_under_way_is_done(scheduler):
    config = 'output_stream: "n" output_stream: "out" max_queue_size: 4' + ENDLESS % ("n", "n", 0)
    config += STOPPER % ("n", "m") + SLOW % ("m", "out")
    received = within(20, lambda: run_graph(config, **scheduler))
    made, passed = ([value for _, value in received[name]] for name in ("n", "out"))
    assert passed == made == list(range(len(made)))
    assert len(made) >= 4


@every_scheduler
def test_node_that_returned_stop_goes_on_with_what_it_gets(scheduler):
    config = 'input_stream: "a" output_stream: "b"' + STOPPER % ("a", "b")
    feed = {"a": [(t, t) for t in range(10)]}
    assert within(10, lambda: run_graph(config, feed, **scheduler))["b"] == [(t, t) for t in range(10)]


@every_scheduler
def test_stop_leaves_the_inputs_of_the_graph_open(scheduler):
    with CalculatorGraph('input_stream: "a"' + STOPPER % ("a", "b"), **scheduler) as graph:
        received: list = []
        graph.observe_output_stream("b", lambda packet: received.append(packet.value))
        graph.start_run()
        for value in (3, 4):
            graph.add_packet("a", value, value)
            within(10, graph.wait_until_idle)
        assert received == [3, 4]
        graph.close_all_input_streams()
        within(10, graph.wait_until_done)
        assert graph.errors == []


@every_scheduler
def test_sources_of_later_layers_are_closed_too_without_running(scheduler):
    log: list = []
    config = ENDLESS % ("n", "n", 0) + STOPPER % ("n", "m") + ENDLESS % ("late", "late", 5)
    with CalculatorGraph(config, **scheduler) as graph:
        graph.observe_output_stream("late", log.append)
        graph.start_run()
        within(10, graph.wait_until_done)
    assert log == []


def test_source_that_is_held_back_by_a_full_queue_is_closed_too():
    config = 'max_queue_size: 1 input_stream: "a"' + ENDLESS % ("n", "n", 0)
    config += 'node { calculator: "SampleTupleCalculator" input_stream: "IN:n" input_stream: "IN:1:a" }'
    config += 'node { calculator: "StopAtCalculator" input_stream: "a" }'
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.start_run()
        graph.add_packet("a", 3, 3)
        within(10, lambda: graph._run.wait_until(lambda: graph._run.sources[0].state == 2))


BUSY = 'input_stream: "a" max_queue_size: 3' + ENDLESS % ("n", "n", 0)
BUSY += 'node { calculator: "SamplePassCalculator" input_stream: "n" output_stream: "out" }'


@every_scheduler
@pytest.mark.parametrize("where", ["in a callback", "on another thread"])
def test_close_all_packet_sources_ends_sources_and_inputs_and_the_rest_is_done(scheduler, where):
    with CalculatorGraph(BUSY, **scheduler) as graph:
        made, received = [], []
        enough = threading.Event()

        def receive(packet):
            received.append(packet.value)
            if len(received) == 20:
                enough.set()
                if where == "in a callback":
                    graph.close_all_packet_sources()

        def close():
            if enough.wait(10) and where != "in a callback":
                graph.close_all_packet_sources()

        graph.observe_output_stream("n", lambda packet: made.append(packet.value))
        graph.observe_output_stream("out", receive)
        graph.start_run()
        closer = threading.Thread(target=close)
        closer.start()
        graph.close_all_input_streams()
        within(20, graph.wait_until_done)
        closer.join()
        assert received == made and len(made) >= 20


def test_closing_before_the_start_is_an_error():
    for method in ("close_all_packet_sources", "close_all_input_streams"):
        with pytest.raises(GraphError, match=f"{method}: the graph has not been started"):
            getattr(CalculatorGraph('input_stream: "a"'), method)()

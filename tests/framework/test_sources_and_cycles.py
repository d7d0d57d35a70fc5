from attention_mesh.framework import (
    Calculator,
    CalculatorGraph,
    Input,
    Output,
    calculator,
)
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph, within


def source(name: str, count: int, layer: int = 0) -> str:
    kind = "attention_mesh.SampleCountSourceCalculatorOptions"
    return f"""node {{ name: "{name}" calculator: "SampleCountSourceCalculator" output_stream: "{name}"
      source_layer: {layer} node_options {{ [type.googleapis.com/{kind}] {{ count: {count} }} }} }}"""


@every_scheduler
def test_source_runs_until_it_returns_stop(scheduler):
    config = 'output_stream: "n"' + source("n", 4)
    assert run_graph(config, **scheduler)["n"] == [(0, 0), (1, 1), (2, 2), (3, 3)]


@every_scheduler
def test_sources_of_a_later_layer_start_when_those_of_the_earlier_are_closed(scheduler):
    order: list = []
    with CalculatorGraph(
        source("late", 3, 1) + source("early", 3) + source("last", 2, 7), **scheduler
    ) as graph:
        for name in ("early", "late", "last"):
            graph.observe_output_stream(name, lambda packet, name=name: order.append(name))
        graph.start_run()
        within(10, graph.wait_until_done)
    assert order == ["early"] * 3 + ["late"] * 3 + ["last"] * 2


LOOP = """input_stream: "a" output_stream: "c"
node { calculator: "SampleLoopbackCalculator" input_stream: "MAIN:a" input_stream: "LOOP:c"
       input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV:p" }
node { calculator: "SampleTupleCalculator" input_stream: "IN:0:a" input_stream: "IN:1:p"
       output_stream: "OUT:t" }
node { calculator: "SampleHeadCalculator" input_stream: "t" output_stream: "c" }"""


@calculator
class SampleHeadCalculator(Calculator):
    """Sends the sum of the pair (number, the value that came back or None)."""

    entry = Input("", tuple)
    result = Output("", int)

    def process(self):
        number, previous = self.entry.value
        self.result.send(number + (previous or 0))


@every_scheduler
def test_back_edge_carries_each_result_to_the_next_timestamp_and_the_graph_ends(scheduler):
    feed = {"a": [(t, 1) for t in range(5)]}
    assert within(10, lambda: run_graph(LOOP, feed, **scheduler))["c"] == [(t, t + 1) for t in range(5)]


@every_scheduler
def test_node_whose_back_edge_never_settles_is_closed_at_the_end_and_its_packets_dropped(scheduler):
    config = """input_stream: "a" output_stream: "b"
    node { calculator: "SampleTupleCalculator" input_stream: "IN:0:a" input_stream: "IN:1:b"
           input_stream_info { tag_index: "IN:1" back_edge: true } output_stream: "OUT:b" }"""
    assert within(10, lambda: run_graph(config, {"a": [(1, 1), (2, 2)]}, **scheduler)) == {"b": []}


@every_scheduler
def test_node_fed_by_back_edges_alone_stays_open_while_a_graph_input_is(scheduler):
    config = """input_stream: "a"
    node { calculator: "SamplePassCalculator" input_stream: "c" output_stream: "b"
           input_stream_info { tag_index: ":0" back_edge: true } }
    node { calculator: "SampleTupleCalculator" input_stream: "IN:0:a" output_stream: "OUT:c" }"""
    with CalculatorGraph(config, **scheduler) as graph:
        received: list = []
        graph.observe_output_stream("b", received.append)
        graph.start_run()
        graph.wait_until_idle()
        graph.add_packet("a", 1, 1)
        graph.wait_until_idle()
        assert [packet.value for packet in received] == [(1,)]
        graph.close_all_packet_sources()
        within(10, graph.wait_until_done)

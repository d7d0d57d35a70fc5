"""Quiet regions: which nodes form one, and that skipping them changes no packet."""

import pytest

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.framework.runtime_node import GraphInput


def chain(*links: tuple[str, str, str]) -> str:
    """A graph with input "a" whose nodes are (calculator, inputs, output)."""
    nodes = "".join(
        f'node {{ calculator: "{name}" '
        + "".join(f'input_stream: "{stream}" ' for stream in inputs.split())
        + f'output_stream: "{output}" }}\n'
        for name, inputs, output in links
    )
    return f'input_stream: "a"\n{nodes}'


@pytest.fixture
def evens(monkeypatch):
    """A node that hands on even values only, and one that joins two streams and reports every timestamp."""
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class EvenCalculator(Calculator):
        entry = Input("", int)
        even = Output("", int)
        timestamp_offset = 0

        def process(self):
            if not self.entry.value % 2:
                self.even.send(self.entry.value)

    @calculator
    class StepCalculator(Calculator):
        entry = Input("", int)
        after = Output("", int)
        timestamp_offset = 0

        def process(self):
            self.after.send(self.entry.value + 1)

    @calculator
    class JoinCalculator(Calculator):
        entries = Input("", int, repeated=True)
        joined = Output("", tuple)
        timestamp_offset = 0

        def process(self):
            self.joined.send(tuple(entry.value for entry in self.entries))


RESTING = chain(
    ("EvenCalculator", "a", "even"),
    ("StepCalculator", "even", "s1"),
    ("StepCalculator", "s1", "s2"),
    ("StepCalculator", "s2", "s3"),
    ("JoinCalculator", "a s3", "joined"),
)


def region_behind(graph: CalculatorGraph, stream: str):
    feeds = [*graph._inputs.values(), *graph._run.nodes]
    [output] = [o for feed in feeds for o in feed.outputs if o.name == stream]
    return output.region


def test_a_region_is_what_one_output_feeds_and_ends_where_other_streams_join(evens):
    with CalculatorGraph(RESTING, scheduler="caller") as graph:
        graph.start_run()
        region = region_behind(graph, "even")
        assert [node.streams[0].name for node in region.nodes] == ["even", "s1", "s2"]
        assert [(stream.name, stream.node.name) for stream in region.exits] == [("s3", "JoinCalculator")]
        assert region_behind(graph, "s2") is None  # one node: nothing to gain


@pytest.mark.parametrize("scheduler", [{"scheduler": "caller"}, {"scheduler": "pool", "num_threads": 2}])
def test_packets_that_rest_for_a_while_come_out_at_their_timestamps(evens, scheduler):
    values = [1, 3, 4, 5, 7, 9, 8, 6, 1]
    received = []
    with CalculatorGraph(RESTING, **scheduler) as graph:
        graph.observe_output_stream(
            "joined", lambda packet: received.append((packet.timestamp, packet.value))
        )
        graph.start_run()
        for timestamp, value in enumerate(values):
            graph.add_packet("a", value, timestamp)
            graph.wait_until_idle()
            # The bound has passed the region, so that nothing waits for a later packet.
            assert len(received) == timestamp + 1
    assert received == [(t, (v, None if v % 2 else v + 3)) for t, v in enumerate(values)]


def test_bounds_inside_a_quiet_region_are_left_behind(evens):
    with CalculatorGraph(RESTING, scheduler="pool", num_threads=1) as graph:
        graph.start_run()
        for timestamp in range(5):
            graph.add_packet("a", 1, timestamp)
            graph.wait_until_idle()
        region = region_behind(graph, "even")
        assert region.quiet
        assert region.exits[0].bound == 5
        assert region.nodes[1].streams[0].bound < 5
        graph.add_packet("a", 2, 5)
        graph.wait_until_idle()
        assert region.nodes[1].streams[0].bound == 6


@pytest.mark.parametrize("place", ["even", "s1", "s2"])
def test_what_a_node_promised_beyond_the_region_s_bound_stays(evens, place):
    """The node behind `place` closes its output with its first packet, at the region's start, middle, end."""

    @calculator
    class OnceCalculator(Calculator):
        entry = Input("", int)
        once = Output("", int)
        timestamp_offset = 0

        def process(self):
            self.once.send(self.entry.value)
            self.once.close()

    received = []
    config = RESTING.replace(
        f'"StepCalculator" input_stream: "{place}"', f'"OnceCalculator" input_stream: "{place}"'
    )
    with CalculatorGraph(config, scheduler="caller") as graph:
        graph.observe_output_stream("joined", lambda packet: received.append(packet.value))
        graph.start_run()
        for timestamp, value in enumerate([2, 1, 1]):
            graph.add_packet("a", value, timestamp)
            graph.wait_until_idle()
            [last] = region_behind(graph, "even").exits
            assert last.bound == 2**63 - 1
        graph.close_all_packet_sources()
        graph.wait_until_done()
    assert received == [(2, 4), (1, None), (1, None)]


def test_graph_inputs_have_regions_too(evens):
    with CalculatorGraph(RESTING.replace("EvenCalculator", "StepCalculator"), scheduler="caller") as graph:
        graph.start_run()
        assert isinstance(graph._inputs["a"], GraphInput)
        assert len(region_behind(graph, "a").nodes) == 5

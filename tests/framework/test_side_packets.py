import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    CalculatorGraph,
    ConfigError,
    Input,
    Output,
    Packet,
    SideInput,
    SideOutput,
    calculator,
)
from attention_mesh.tests.framework.graph_runs import every_scheduler, run_graph

SIDE = """input_stream: "a" output_stream: "b" input_side_packet: "base"
node { calculator: "SampleSideAddCalculator" input_stream: "a" output_stream: "b"
       input_side_packet: "SUMMAND:u" }
node { calculator: "SampleTableCalculator" input_side_packet: "BASE:t" output_side_packet: "TABLE:u" }
node { calculator: "SampleTableCalculator" input_side_packet: "BASE:base" output_side_packet: "TABLE:t" }
"""


@every_scheduler
@pytest.mark.parametrize("base", [40, Packet(40)])
def test_side_packets_made_in_open_reach_later_nodes_whatever_the_order_of_the_text(scheduler, base):
    assert run_graph(SIDE, {"a": [(1, 1)]}, {"base": base}, **scheduler)["b"] == [(1, 43)]


def test_side_packets_can_be_read_after_the_start():
    with CalculatorGraph(SIDE, scheduler="caller") as graph:
        graph.start_run({"base": 1})
        assert [graph.side_packet(name) for name in ("base", "t", "u")] == [1, 2, 3]
        with pytest.raises(KeyError):
            graph.side_packet("v")


def test_optional_side_packet_may_be_missing_though_the_graph_connects_it():
    with CalculatorGraph(SIDE, scheduler="caller") as graph:
        graph.start_run()
        assert graph.side_packet("u") == 2


@pytest.mark.parametrize(
    "given, problem",
    [
        ({"base": "x"}, 'input side packet "base" must be int, not str'),
        ({"bass": 1}, r'the graph has no input side packet "bass" \(it has: base\)'),
        ({"u": 1}, 'side packet "u" is made by a node of the graph and cannot be given'),
    ],
)
def test_side_packet_that_does_not_fit_is_refused_at_the_start(given, problem):
    with CalculatorGraph(SIDE, scheduler="caller") as graph:
        with pytest.raises(ConfigError, match=problem):
            graph.start_run(given)
        graph.start_run({"base": 1})


def test_missing_side_packets_are_all_named_with_their_nodes():
    node = 'node { calculator: "SampleSideAddCalculator" input_stream: "a" input_side_packet: "SUMMAND:%s" }'
    with CalculatorGraph('input_stream: "a"' + node % "u" + node % "v", scheduler="caller") as graph:
        with pytest.raises(ConfigError) as caught:
            graph.start_run()
    for index, (name, problem) in enumerate(zip("uv", caught.value.problems, strict=True), start=1):
        assert problem.startswith(f'node "SampleSideAddCalculator_{index}" (SampleSideAddCalculator): ')
        assert f'input side packet "{name}" (port SUMMAND) is missing' in problem


@pytest.mark.parametrize("value, accepted", [(2, True), (2.5, True), (True, False), ("2", False)])
def test_int_serves_where_a_float_side_packet_is_asked_for(value, accepted):
    config = """input_stream: "a"
    node { calculator: "SampleOptionalCalculator" input_stream: "IN:a" input_side_packet: "LIMIT:limit" }"""
    with CalculatorGraph(config, scheduler="caller") as graph:
        if accepted:
            graph.start_run({"limit": value})
        else:
            with pytest.raises(ConfigError, match='"limit" must be float'):
                graph.start_run({"limit": value})


@pytest.mark.parametrize("made, problem", [(None, "did not set"), ("text", "to a str, but it must be int")])
def test_side_packet_that_open_does_not_make_as_declared_is_an_error_of_the_node(made, problem, monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})
    closed = []

    @calculator
    class WrongTableCalculator(Calculator):
        table = SideOutput("TABLE", int)

        def open(self):
            if made is not None:
                self.table.set(made)

        def close(self):
            closed.append(True)

    with CalculatorGraph(
        'node { calculator: "WrongTableCalculator" output_side_packet: "TABLE:t" }'
    ) as graph:
        with pytest.raises(CalculatorError, match='"WrongTableCalculator": .*"TABLE"') as caught:
            graph.start_run()
    assert problem in str(caught.value)
    assert closed == [True]


# ---- made while the graph runs ------------------------------------------------------------------
@calculator
class SampleCountSideCalculator(Calculator):
    """Counts its packets into a side packet."""

    entry = Input("", object)
    count = SideOutput("COUNT", int, late=True)

    def open(self):
        self.number = 0

    def process(self):
        self.number += 1

    def close(self):
        if self.number:
            self.count.set(self.number if self.number < 5 else "many")


COUNT = """input_stream: "a"
node { name: "count" calculator: "SampleCountSideCalculator" input_stream: "a"
       output_side_packet: "COUNT:n" }"""


def count_of(packets: int) -> CalculatorGraph:
    graph = CalculatorGraph(COUNT, scheduler="caller")
    graph.start_run()
    for timestamp in range(packets):
        graph.add_packet("a", 0, timestamp)
    with pytest.raises(KeyError):
        graph.side_packet("n")
    graph.close_all_input_streams()
    graph.wait_until_done()
    return graph


def test_late_side_packet_is_there_once_the_run_is_over():
    assert count_of(3).side_packet("n") == 3


def test_late_side_packet_that_was_not_set_is_not_there():
    with pytest.raises(KeyError):
        count_of(0).side_packet("n")


def test_late_side_packet_of_a_wrong_type_is_an_error():
    with pytest.raises(CalculatorError, match=r'close\(\) set its output side packet "COUNT" to a str'):
        count_of(5)


@calculator
class SampleFirstSideCalculator(Calculator):
    """Makes its first packet that is not 0 a side packet, and passes all packets on."""

    entry = Input("", int)
    passed = Output("", int)
    first = SideOutput("FIRST", int, late=True)
    timestamp_offset = 0

    def process(self):
        self.passed.send(self.entry.value)
        if self.entry.value and not self.first.is_set:
            self.first.set(self.entry.value if self.entry.value < 1000 else "many")


@calculator
class SampleLateScaleCalculator(Calculator):
    """Multiplies its packets by a side packet, which it reads once."""

    entry = Input("", int)
    product = Output("", int)
    scale = SideInput("SCALE", int)
    again = SideOutput("AGAIN", int)
    timestamp_offset = 0

    def open(self):
        self.factor = self.scale.value
        if self.factor == 13:
            raise ValueError("13 brings bad luck")
        self.again.set(self.factor + 1)

    def process(self):
        self.product.send(self.entry.value * self.factor)


LATE = """
input_stream: "a" output_stream: "x" output_stream: "y"
node { calculator: "SampleLateScaleCalculator" name: "second" input_stream: "a" output_stream: "y"
       input_side_packet: "SCALE:g" }
node { calculator: "SampleLateScaleCalculator" name: "first" input_stream: "a" output_stream: "x"
       input_side_packet: "SCALE:f" output_side_packet: "AGAIN:g" }
node { calculator: "SampleFirstSideCalculator" input_stream: "a" output_side_packet: "FIRST:f" }
"""


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_nodes_wait_for_a_side_packet_that_is_made_while_the_graph_runs(scheduler):
    """Both scale nodes get every packet, those from before they were opened too; one waits for the other."""
    packets = [(0, 0), (1, 3), (2, 5)]
    found = run_graph(LATE, {"a": packets}, scheduler=scheduler)
    assert found == {"x": [(0, 0), (1, 9), (2, 15)], "y": [(0, 0), (1, 12), (2, 20)]}


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_nodes_that_waited_for_a_side_packet_keep_up_frame_by_frame(scheduler):
    """On the caller's thread, sweeps of whole frames begin once all nodes are open."""
    found = []
    with CalculatorGraph(LATE, scheduler=scheduler) as graph:
        graph.observe_output_stream("y", lambda packet: found.append((packet.timestamp, packet.value)))
        graph.start_run()
        for time, value in enumerate([0, 0, 3, 4, 5]):
            graph.add_packet("a", value, time)
            graph.wait_until_idle()
            assert len(found) == (time + 1 if time >= 2 else 0)
    assert found == [(0, 0), (1, 0), (2, 12), (3, 16), (4, 20)]


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_queues_of_nodes_that_wait_for_a_side_packet_do_not_stop_the_run(scheduler):
    packets = [(time, 0) for time in range(10)] + [(10, 2)]
    config = "max_queue_size: 1 " + LATE
    assert len(run_graph(config, {"a": packets}, scheduler=scheduler)["y"]) == 11


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_a_node_whose_side_packet_never_comes_ends_with_the_run(scheduler):
    assert run_graph(LATE, {"a": [(0, 0)]}, scheduler=scheduler) == {"x": [], "y": []}


def test_the_state_says_which_side_packet_a_node_waits_for():
    with CalculatorGraph(LATE, scheduler="caller") as graph:
        graph.start_run()
        state = graph.describe_state()
        for name, lacked in (("first", "f"), ("second", "g")):
            says = f'"{name}" (SampleLateScaleCalculator): not opened, waiting for the side packet {lacked}\n'
            assert says in state
        graph.add_packet("a", 3, 0)
        graph.wait_until_idle()
        assert 'node "second" (SampleLateScaleCalculator): open' in graph.describe_state()


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
@pytest.mark.parametrize(
    "value, problem",
    [(13, r'"first".*open\(\) failed: ValueError: 13'), (1000, "process.. set its output side")],
)
def test_an_error_of_a_late_side_packet_ends_the_run(scheduler, value, problem):
    with pytest.raises(CalculatorError, match=problem):
        run_graph(LATE, {"a": [(0, value)]}, scheduler=scheduler)


@calculator
class SampleOptionalSideCalculator(Calculator):
    """Sends whether an optional side packet is connected, and its value."""

    entry = Input("")
    limit = SideInput("LIMIT", int, optional=True)
    seen = Output("")

    def process(self):
        self.seen.send((self.limit.connected, self.limit.value))


@pytest.mark.parametrize(("side", "expected"), [({}, (False, None)), ({"limit": 3}, (True, 3))])
def test_an_optional_side_packet_that_nobody_gives_counts_as_not_connected(side, expected):
    config = """
        input_stream: "a" output_stream: "b" input_side_packet: "limit"
        node {
          calculator: "SampleOptionalSideCalculator"
          input_stream: "a" output_stream: "b" input_side_packet: "LIMIT:limit"
        }
    """
    assert run_graph(config, {"a": [(1, 0)]}, side)["b"] == [(1, expected)]


@calculator
class SampleDefaultsCalculator(Calculator):
    count = SideInput("COUNT", int, default=3)
    label = SideInput("LABEL", str, default="")
    seen = SideOutput("SEEN", list)

    def open(self):
        self.seen.set([self.count.value, self.count.connected, self.label.value, self.label.connected])


@every_scheduler
@pytest.mark.parametrize(
    ("connected", "given", "seen"),
    [
        ("", {}, [3, False, "", False]),
        ('input_side_packet: "COUNT:count"', {}, [3, False, "", False]),
        ('input_side_packet: "COUNT:count"', {"count": 5}, [5, True, "", False]),
    ],
)
def test_a_side_input_has_its_default_where_nothing_is_connected_or_given(scheduler, connected, given, seen):
    text = f"""input_side_packet: "count" output_side_packet: "seen"
    node {{ calculator: "SampleDefaultsCalculator" {connected} output_side_packet: "SEEN:seen" }}"""
    with CalculatorGraph(text, **scheduler) as graph:
        graph.start_run(given)
        assert graph.side_packet("seen") == seen

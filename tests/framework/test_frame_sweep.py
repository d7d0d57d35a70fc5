"""Graphs send the same packets with sweeps and without, whatever their nodes and the program do."""

import random
from collections import Counter
from contextlib import nullcontext
from unittest.mock import patch

import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    CalculatorGraph,
    CancelledError,
    Input,
    Output,
    Packet,
    TimestampError,
    calculator,
)
from attention_mesh.framework.calculator_base import STOP
from attention_mesh.framework.frame_sweep import FrameSweep
from attention_mesh.framework.timestamps import POST_STREAM
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (makes the source known)

FRAMEWORK = "attention_mesh.framework"
FRAME = 10
SEEDS_A_TEST = 100


@calculator
class WhimsicalTestCalculator(Calculator):
    """Sends a value made of its inputs, the time and its name; now and then nothing, or something unusual."""

    inputs = Input("IN", int, repeated=True)
    outputs = Output("OUT", int, repeated=True)
    timestamp_offset = 0
    whims: tuple = ()
    """The things it may do; it picks one for each timestamp and output."""
    promised: tuple = ()
    """The bounds of its inputs at the call before."""
    graph: CalculatorGraph | None = None

    def process(self):
        rng = random.Random(f"{self.name} {self.timestamp}")
        values = [port.value for port in self.inputs]
        assert all(port.is_empty or port.packet.timestamp == self.timestamp for port in self.inputs)
        check_bounds(self, self.inputs)
        for index, port in enumerate(self.outputs):
            value = hash((index, self.timestamp, tuple(-1 if v is None else v for v in values))) % 1000
            whim = rng.choice(self.whims)
            earliest = max(self.timestamp, port.bound)
            if whim == "late" and earliest < self.timestamp + FRAME:
                port.send(value, earliest + rng.randrange(3))
            elif whim == "early":
                port.send(value, max(port.bound, self.timestamp - FRAME // 2))
            elif whim == "twice" and earliest == self.timestamp:
                port.send(value)
                port.send(value + 1, self.timestamp + 1)
            elif whim == "bound":
                port.set_bound(self.timestamp + rng.randrange(2 * FRAME))
            elif whim == "close":
                port.close()
            elif whim == "add" and self.name == "n0":  # one node alone, as the order of several is free
                NEWEST[0] += 1
                self.graph.add_packet("in", value, NEWEST[0])
            elif whim == "look":
                assert f"running at timestamp {self.timestamp}" in self.graph.describe_state()
            elif whim == "stop":
                return STOP
            if whim not in ("late", "early", "twice", "close", "nothing") and port.bound <= self.timestamp:
                port.send(value)


@calculator
class LastFrameTestCalculator(Calculator):
    """LOOP's packet at the MAIN packet before."""

    main = Input("MAIN", int)
    loop = Input("LOOP", int)
    last = Output("LAST", int)
    timestamp_offset = 0
    input_handler = "LoopbackInputStreamHandler"
    promised: tuple = ()

    def process(self):
        check_bounds(self, [self.main, self.loop])
        if not self.loop.is_empty:
            self.last.send(self.loop.value)


@calculator
class EveryBoundLoopTestCalculator(LastFrameTestCalculator):
    process_bounds = True


def check_bounds(node: Calculator, ports: list) -> None:
    """Fails if a packet lies below the bounds of the node's call before."""
    for port, promised in zip(ports, node.promised, strict=bool(node.promised)):
        assert port.is_empty or port.packet.timestamp >= promised
    node.promised = tuple(port.bound for port in ports)


NEWEST = [0]
"""The timestamp of the newest packet that was added to the graph."""


def random_text(rng: random.Random) -> tuple[str, list[str]]:
    """A graph with one input and up to twelve nodes, a third of them with a loop; and its streams."""
    streams, nodes = ["in"], []
    for index in range(rng.randint(2, 12)):
        taken = rng.sample(streams, min(len(streams), rng.randint(1, 3)))
        made = [f"s{index}_{place}" for place in range(rng.randint(1, 3))]
        lines = [f'output_stream: "OUT:{place}:{name}"' for place, name in enumerate(made)]
        if rng.random() < 0.33:
            nodes.append(
                f'node {{ calculator: "LastFrameTestCalculator" input_stream: "MAIN:{taken[0]}" '
                f'input_stream: "LOOP:{made[0]}" input_stream_info {{ tag_index: "LOOP" back_edge: true }} '
                f'output_stream: "LAST:last{index}" }}'
            )
            taken.append(f"last{index}")
        lines += [f'input_stream: "IN:{place}:{name}"' for place, name in enumerate(taken)]
        nodes.append(f'node {{ calculator: "WhimsicalTestCalculator" name: "n{index}" {" ".join(lines)} }}')
        streams += [*made, *(name for name in taken if name.startswith("last"))]
    return 'input_stream: "in"\n' + "\n".join(nodes), list(dict.fromkeys(streams[1:]))


def run(text: str, names: list[str], seed: int) -> tuple[dict[str, list], str]:
    """All streams of a run, and the state before its inputs close. The program behaves at random too."""
    rng = random.Random(seed)
    received = {name: [] for name in names}
    with CalculatorGraph(text, scheduler="caller") as graph:
        for name, packets in received.items():
            graph.observe_output_stream(name, lambda p, to=packets: to.append((p.timestamp, p.value)))
        if "add" in WhimsicalTestCalculator.whims:
            graph.observe_output_stream("s0_0", lambda packet: look_or_add(graph, packet))
        graph.start_run()
        for node in graph._run.nodes:
            node.calculator.graph = graph
        NEWEST[0] = 0
        for _ in range(rng.randint(3, 20)):
            mood = rng.choice(["frame"] * 8 + ["two", "bound", "look", "nothing"])
            for _ in range({"frame": 1, "two": 2}.get(mood, 0)):
                NEWEST[0] = timestamp = (NEWEST[0] // FRAME + 1) * FRAME
                graph.add_packet("in", timestamp % 7, timestamp)
            if mood == "bound":
                graph.set_input_stream_bound("in", NEWEST[0] + 5)
                NEWEST[0] += 5
            elif mood == "look":
                graph.describe_state()
            graph.wait_until_idle()
        state = graph.describe_state()
        graph.close_all_input_streams()
        graph.wait_until_done()
    return received, state


def look_or_add(graph: CalculatorGraph, packet: Packet) -> None:
    """The things an observer may do with its graph."""
    whim = random.Random(packet.timestamp).randrange(10)
    if whim == 0:
        graph.describe_state()
    elif whim == 1:
        NEWEST[0] += 1
        graph.add_packet("in", 1, NEWEST[0])


@pytest.fixture
def sweeps(monkeypatch) -> Counter:
    """Counts the sweeps that began, and those that went through."""
    counts: Counter = Counter()
    run_sweep = FrameSweep.run

    def counting(self, execute):
        counts["begun"] += 1
        outcome = run_sweep(self, execute)
        counts["through"] += outcome.node is None
        return outcome

    monkeypatch.setattr(FrameSweep, "run", counting)
    return counts


@pytest.mark.parametrize(
    "whims",
    [
        ("send",) * 4 + ("nothing",),
        ("send",) * 60 + ("nothing", "late", "early"),
        ("send",) * 40 + ("nothing", "twice", "bound"),
        ("send",) * 60 + ("nothing", "close", "stop"),
        ("send",) * 20 + ("nothing", "add", "look"),
    ],
    ids=[
        "packet or none",
        "later packets, and earlier",
        "two, and bounds",
        "ends",
        "adding and looking meanwhile",
    ],
)
@pytest.mark.parametrize("first", range(0, 3 * SEEDS_A_TEST, SEEDS_A_TEST))
def test_random_graphs_give_the_same_packets_with_sweeps_and_without(whims, first, sweeps, monkeypatch):
    monkeypatch.setattr(WhimsicalTestCalculator, "whims", whims)
    for seed in range(first, first + SEEDS_A_TEST):
        text, names = random_text(random.Random(seed))
        # Quiet regions keep bounds back, so that states can be compared only without them.
        has_regions = seed % 2
        no_regions = patch(f"{FRAMEWORK}.run_builder.find_region", lambda *_: None)
        with nullcontext() if has_regions else no_regions:
            swept, state = run(text, names, seed)
            with patch(f"{FRAMEWORK}.caller_scheduler.can_sweep", lambda *_: False):
                plain, plain_state = run(text, names, seed)
        assert swept == plain, f"seed {seed}\n{text}"
        assert has_regions or state == plain_state, f"seed {seed}\n{text}"
    assert sweeps["through"] > SEEDS_A_TEST
    is_ever_unusual = bool(set(whims) - {"send", "nothing"})
    assert (sweeps["through"] < sweeps["begun"]) == is_ever_unusual


CHAIN = """
input_stream: "in"
node { calculator: "WhimsicalTestCalculator" name: "first" input_stream: "IN:in" output_stream: "OUT:middle" }
node { calculator: "WhimsicalTestCalculator" name: "last" input_stream: "IN:middle" output_stream: "OUT:out" }
"""


class SteadyChain:
    """Two nodes in a row that the next packet sweeps through. `received`: timestamps of the last stream."""

    def __init__(self, **arguments):
        self.graph = CalculatorGraph(CHAIN, scheduler="caller", **arguments)
        self.received: list[int] = []
        self.on_middle = lambda packet: None
        self.graph.observe_output_stream("middle", lambda packet: self.on_middle(packet))
        self.graph.observe_output_stream("out", lambda packet: self.received.append(packet.timestamp))
        self.graph.start_run()
        self.frame(0)
        assert self.graph._run.sweep.is_on

    def frame(self, timestamp: int) -> None:
        self.graph.add_packet("in", 1, timestamp)
        self.graph.wait_until_idle()


@pytest.fixture
def chain(monkeypatch) -> SteadyChain:
    monkeypatch.setattr(WhimsicalTestCalculator, "whims", ("send",))
    return SteadyChain()


@pytest.mark.parametrize("where", ["a node", "an observer"])
def test_an_error_ends_the_run_and_names_where_and_when(chain, where):
    def fail(*_):
        raise ValueError("no")

    if where == "a node":
        chain.graph._run.nodes[1].process = fail
        text = r'node "last" .*: process\(\) failed at timestamp 5: ValueError: no'
    else:
        chain.on_middle = fail
        text = r'"observer of middle": its callback failed at timestamp 5: ValueError: no'
    with pytest.raises(CalculatorError, match=text):
        chain.frame(5)
    assert chain.received == [0] and not chain.graph.is_running


def test_cancelling_meanwhile_ends_the_run_before_the_next_node(chain):
    calls = []
    chain.graph._run.nodes[1].process = lambda: calls.append("last")
    chain.on_middle = lambda packet: chain.graph.cancel()
    with pytest.raises(CancelledError):
        chain.frame(5)
    assert not calls and not chain.graph.is_running


def test_ctrl_c_in_a_node_closes_all(chain):
    def interrupt():
        raise KeyboardInterrupt

    chain.graph._run.nodes[0].process = interrupt
    with pytest.raises(KeyboardInterrupt):
        chain.frame(5)
    assert not chain.graph.is_running
    assert "running at" not in chain.graph.describe_state()


def test_a_timestamp_that_goes_back_is_refused_and_the_run_goes_on(chain):
    chain.frame(5)
    with pytest.raises(TimestampError, match="expected timestamp is 6 but received 5"):
        chain.frame(5)
    chain.frame(6)
    assert chain.received == [0, 5, 6]


def test_the_timestamp_after_all_others_ends_the_stream(chain):
    chain.frame(POST_STREAM)
    with pytest.raises(TimestampError):
        chain.frame(POST_STREAM)
    assert chain.received == [0, POST_STREAM]


def test_calls_are_counted_as_without(monkeypatch):
    monkeypatch.setattr(WhimsicalTestCalculator, "whims", ("send",))
    chain = SteadyChain(profile=True)
    for timestamp in range(1, 6):
        chain.frame(timestamp)
    assert [profile.count for profile in chain.graph.profile()] == [6, 6]


@pytest.mark.parametrize(
    "text",
    [
        CHAIN.replace('input_stream: "in"\n', 'input_stream: "in"\ninput_stream: "other"\n', 1),
        CHAIN.replace(
            'name: "last"', 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
        ),
        CHAIN + 'node { calculator: "SampleCountSourceCalculator" output_stream: "numbers" }',
        CHAIN
        + 'node { calculator: "LastFrameTestCalculator" input_stream: "MAIN:out" input_stream: "LOOP:in" }',
        CHAIN + 'node { calculator: "EveryBoundLoopTestCalculator" input_stream: "MAIN:middle" '
        'input_stream: "LOOP:out" input_stream_info { tag_index: "LOOP" back_edge: true } }',
    ],
    ids=[
        "two inputs",
        "a node that does not wait",
        "a source",
        "a loop's node without a loop",
        "a loop's node that sees bounds",
    ],
)
def test_other_graphs_are_not_swept(text, sweeps, monkeypatch):
    monkeypatch.setattr(WhimsicalTestCalculator, "whims", ("send",))
    with CalculatorGraph(text, scheduler="caller") as graph:
        graph.start_run()
        for timestamp in range(3):
            graph.add_packet("in", 1, timestamp)
            graph.wait_until_idle()
    assert not sweeps

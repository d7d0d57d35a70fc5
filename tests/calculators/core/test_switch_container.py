"""The container: which node runs, and that MediaPipe's does the same step by step."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError, ValidatedGraph

PROGRAM = Path(__file__).parents[2] / "peer_programs" / "switch_runs.py"
PASS = 'contained_node { calculator: "PassThroughCalculator" }'
SHUT = (
    'contained_node { calculator: "GateCalculator" '
    "options { [mediapipe.GateCalculatorOptions.ext] { allow: false } } }"
)


def container(control: str, options: str = "", contained: str = PASS + SHUT) -> str:
    """A container whose first node passes everything and whose second passes nothing."""
    return f"""input_stream: "a" input_stream: "choice" output_stream: "out"
    node {{ name: "switch" calculator: "SwitchContainer" input_stream: "a" output_stream: "out" {control}
      options {{ [mediapipe.SwitchContainerOptions.ext] {{ {contained} {options} }} }} }}"""


def switch_steps(text: str, feed: list, side: dict | None = None, **arguments) -> list:
    """(timestamp, value) pairs of "out" after each packet of `feed`, and after the end."""
    with CalculatorGraph(text, **{"scheduler": "caller", **arguments}) as graph:
        received: list = []
        graph.observe_output_stream("out", lambda packet: received.append([packet.timestamp, packet.value]))
        graph.start_run(side)
        steps = []
        for stream, value, timestamp in feed:
            graph.add_packet(stream, value, timestamp)
            graph.wait_until_idle()
            steps.append(received[:])
            received.clear()
        graph.close_all_packet_sources()
        graph.wait_until_done()
        return [*steps, received]


DATA = [("a", t, t) for t in (10, 20, 30)]


@pytest.mark.parametrize(
    ("control", "options", "side", "passes"),
    [
        ("", "", {}, True),
        ("", "select: 0", {}, True),
        ("", "select: 1", {}, False),
        ("", "enable: true", {}, False),
        ("", "enable: false", {}, True),
        ('input_side_packet: "SELECT:which"', "", {"which": 1}, False),
        ('input_side_packet: "SELECT:which"', "select: 1", {"which": 0}, True),
        ('input_side_packet: "ENABLE:which"', "", {"which": True}, False),
        ('input_side_packet: "ENABLE:which"', "enable: true", {"which": False}, True),
    ],
)
def test_option_or_side_packet_chooses_for_the_whole_run(control, options, side, passes):
    steps = switch_steps(container(control, options), DATA, side)
    assert sum(steps, []) == ([[t, t] for t in (10, 20, 30)] if passes else [])


SELECT, ENABLE = 'input_stream: "SELECT:choice"', 'input_stream: "ENABLE:choice"'


def test_choice_counts_from_its_timestamp_on_and_data_wait_for_it():
    feed = [("a", 10, 10), ("choice", 1, 10), ("a", 20, 20), ("choice", 0, 30), ("a", 30, 30)]
    assert switch_steps(container(SELECT), feed) == [[], [], [], [], [[30, 30]], []]


def test_with_async_selection_data_do_not_wait_and_the_choice_counts_from_when_it_comes():
    feed = [("a", 10, 10), ("choice", True, 500), ("a", 20, 20), ("choice", False, 600), ("a", 30, 30)]
    assert switch_steps(container(ENABLE, "async_selection: true"), feed) == [
        [[10, 10]], [], [], [], [[30, 30]], []
    ]  # fmt: skip


def test_bounds_of_the_output_follow_the_chosen_node():
    text = (
        container(SELECT)
        + """
    node { calculator: "PassThroughCalculator" input_stream: "a" input_stream: "out"
           output_stream: "same" output_stream: "unread" }"""
    )
    with CalculatorGraph(text, scheduler="caller") as graph:
        settled: list = []
        graph.observe_output_stream("same", lambda packet: settled.append(packet.timestamp))
        graph.start_run()
        for timestamp, choice in ((10, 1), (20, 0), (30, 1)):
            graph.add_packet("choice", choice, timestamp)
            graph.add_packet("a", timestamp, timestamp)
            graph.wait_until_idle()
            assert settled[-1] == timestamp


def test_data_input_that_is_slow_does_not_hold_up_a_change_of_the_choice():
    """The first node has seen nothing of "b" since 10; the change moves its bound past everything."""
    text = """input_stream: "a" input_stream: "b" input_stream: "choice"
    node { calculator: "SwitchContainer" input_stream: "SELECT:choice" input_stream: "a"
      input_stream: "b" output_stream: "out" output_stream: "b_out"
      options { [mediapipe.SwitchContainerOptions.ext] { tick_input_stream: ":0"
        contained_node { calculator: "PassThroughCalculator" }
        contained_node { calculator: "PassThroughCalculator" } } } }"""
    feed = [("choice", 0, 10), ("a", 10, 10), ("b", 10, 10), ("a", 20, 20)]
    feed += [("choice", 1, 30), ("a", 30, 30), ("b", 30, 30), ("choice", 1, 40), ("a", 40, 40)]
    steps = switch_steps(text, feed)
    assert steps[feed.index(("b", 30, 30))] == [[20, 20], [30, 30]]
    assert sum(steps, []) == [[t, t] for t in (10, 20, 30, 40)]


def test_side_packets_go_to_all_contained_nodes_and_come_from_the_chosen_one(tmp_path):
    text = """node { calculator: "SwitchContainer" input_side_packet: "ENABLE:which"
      input_side_packet: "number" output_side_packet: "result"
      options { [mediapipe.SwitchContainerOptions.ext] {
        contained_node { calculator: "PassThroughCalculator" }
        contained_node { calculator: "Doubled" } } } }"""
    doubled = """type: "Doubled"
    input_side_packet: "n" output_side_packet: "m"
    node { calculator: "PassThroughCalculator" input_side_packet: "n" output_side_packet: "unused" }
    node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:m"
      options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 84 } } } }"""

    (tmp_path / "doubled.pbtxt").write_text(doubled)

    def result(which: bool) -> int:
        with CalculatorGraph(text, graph_path=[tmp_path], scheduler="caller") as graph:
            graph.start_run({"which": which, "number": 42})
            return graph.side_packet("result")

    assert [result(which) for which in (False, True)] == [42, 84]


def test_names_inside_are_those_of_mediapipe_and_do_not_clash_with_the_users():
    text = """input_stream: "gate_select" input_stream: "c0__gate_select" input_stream: "choice"
    node { calculator: "SwitchContainer" input_stream: "SELECT:choice" input_stream: "gate_select"
      input_stream: "c0__gate_select" input_stream: "gate_select"
      output_stream: "x" output_stream: "y" output_stream: "z"
      options { [mediapipe.SwitchContainerOptions.ext] {
        contained_node { calculator: "PassThroughCalculator" }
        contained_node { name: "other" calculator: "PassThroughCalculator" } } } }"""
    names = {node.name for node in ValidatedGraph(text).nodes}
    inner = ["PacketSequencerCalculator", "SwitchDemuxCalculator", "PassThroughCalculator", "other"]
    assert names == {f"SwitchContainer__{name}" for name in [*inner, "SwitchMuxCalculator"]}


def test_types_go_through_the_container(tmp_path):
    text = """input_stream: "a" node { calculator: "SwitchContainer" input_stream: "a" output_stream: "b"
      options { [mediapipe.SwitchContainerOptions.ext] { contained_node { calculator: "SizeOf" } } } }
    node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:b" output_stream: "SIZE:c" }"""
    size_of = """input_stream: "image" output_stream: "size"
    node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:image" output_stream: "SIZE:size" }"""
    (tmp_path / "size_of.pbtxt").write_text('type: "SizeOf"\n' + size_of)
    with pytest.raises(ConfigError, match='"b" .port IMAGE. must be .* produces tuple'):
        ValidatedGraph(text, [tmp_path])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            container("", "select: 1 enable: true"),
            "Only one of SwitchContainer options 'enable' and 'select'",
        ),
        (container(SELECT + ENABLE), "Only one of SwitchContainer inputs 'ENABLE' and 'SELECT'"),
        (container("", contained=""), "it has no contained_node; expected at least one"),
        (container("", "select: 2"), "select is 2, but it has the contained nodes 0 to 1"),
        (
            container(SELECT, 'tick_input_stream: "B"'),
            'tick_input_stream "B:0" is not an input (inputs: ":0")',
        ),
    ],
)
def test_container_that_cannot_work_is_refused_by_name(text, problem):
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(text)
    assert f'node "switch" (subgraph SwitchContainer): {problem}' in str(caught.value)


def random_case(seed: int) -> tuple[str, list]:
    """A container and packets for it: choices and data in any order, some at the same timestamps."""
    rng = random.Random(seed)
    control = rng.choice([SELECT, ENABLE])
    options = rng.choice(["", "async_selection: true", "synchronize_io: true", "select: 1", "enable: true"])
    clocks = {"a": 0, "choice": 0}
    feed = []
    for _ in range(rng.randint(1, 25)):
        stream = rng.choice(["a", "a", "choice"])
        clocks[stream] += rng.randint(1, 3) * 1000
        value = clocks[stream] if stream == "a" else rng.randint(0, 1)
        if stream == "choice" and control == ENABLE:
            value = bool(value)
        feed.append((stream, value, clocks[stream]))
    return container(control, options), feed


def test_containers_give_mediapipes_packets_and_none_later_than_mediapipes(peer_python):
    """Ours may be earlier: a node that was left closes at once and does not delay the next one."""
    cases = [random_case(seed) for seed in range(150)]
    run = subprocess.run([peer_python, PROGRAM], input=json.dumps(cases), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    for seed, (case, official) in enumerate(zip(cases, json.loads(run.stdout), strict=True)):
        ours = switch_steps(*case)
        assert sum(ours, []) == sum(official, []), (seed, case)
        counts = [[len(sum(steps[: n + 1], [])) for n in range(len(steps))] for steps in (ours, official)]
        assert all(own >= other for own, other in zip(*counts, strict=True)), (seed, case)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_containers_give_the_same_packets_on_threads(threads):
    for seed in range(60):
        text, feed = random_case(seed)
        if "async" in text:  # then the order of arrival counts, which threads may change
            continue
        here = sum(switch_steps(text, feed), [])
        assert sum(switch_steps(text, feed, scheduler="pool", num_threads=threads), []) == here, seed


def test_container_of_side_packets_alone_comes_to_an_end():
    text = """input_side_packet: "n" node { calculator: "SwitchContainer" input_side_packet: "n"
      output_side_packet: "m" options { [mediapipe.SwitchContainerOptions.ext] {
        contained_node { calculator: "PassThroughCalculator" } } } }"""
    with CalculatorGraph(text, scheduler="caller") as graph:
        graph.start_run({"n": 1})
        graph.wait_until_done()
        assert graph.side_packet("m") == 1

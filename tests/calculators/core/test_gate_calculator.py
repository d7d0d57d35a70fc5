"""The gate: which packets pass under which control."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator

DATA = [(10, "a"), (20, "b"), (30, "c")]


def timestamps(run, port="") -> list[int]:
    return [packet.timestamp for packet in run.packets(port)]


def test_allow_stream_passes_where_it_says_true():
    run = run_calculator("GateCalculator", {"": DATA, "ALLOW": [(10, True), (20, False), (30, True)]})
    assert run.values("") == ["a", "c"] and timestamps(run) == [10, 30]


def test_disallow_stream_is_the_opposite():
    run = run_calculator("GateCalculator", {"": DATA, "DISALLOW": [(10, True), (20, False), (30, True)]})
    assert run.values("") == ["b"]


@pytest.mark.parametrize(("as_allow", "passed"), [(False, ["a"]), (True, ["a", "b", "c"])])
def test_a_control_without_packet_closes_or_opens_as_the_option_says(as_allow, passed):
    run = run_calculator(
        "GateCalculator",
        {"": DATA, "ALLOW": [(10, True)]},
        options={"empty_packets_as_allow": as_allow},
        bounds={"ALLOW": 31},
    )
    assert run.values("") == passed


def test_it_waits_for_the_control_of_the_same_timestamp():
    run = run_calculator("GateCalculator", {"": DATA, "ALLOW": [(10, True)]})
    assert timestamps(run) == [10]
    assert run.bound("") == 11


@pytest.mark.parametrize(
    ("side", "passed"),
    [
        ({"ALLOW": True}, ["a", "b", "c"]),
        ({"ALLOW": False}, []),
        ({"DISALLOW": False}, ["a", "b", "c"]),
        ({"DISALLOW": True}, []),
    ],
)
def test_a_side_packet_decides_for_the_whole_run(side, passed):
    run = run_calculator("GateCalculator", {"": DATA}, side)
    assert run.values("") == passed


def test_who_hangs_on_a_gate_closed_for_the_run_does_not_wait_for_it():
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "wanted"
        input_stream: "unwanted"
        input_side_packet: "allow"
        output_stream: "merged"
        node {
          calculator: "GateCalculator"
          input_stream: "unwanted"
          input_side_packet: "ALLOW:allow"
          output_stream: "gated"
        }
        node {
          calculator: "MergeCalculator"
          input_stream: "gated"
          input_stream: "wanted"
          output_stream: "merged"
        }
        """,
        scheduler="caller",
    )
    seen = []
    graph.observe_output_stream("merged", lambda packet: seen.append(packet.value))
    graph.start_run({"allow": False})
    graph.add_packet("wanted", "a", 10)
    graph.wait_until_idle()
    assert seen == ["a"]
    graph.close_all_packet_sources()
    graph.wait_until_done()


@pytest.mark.parametrize(("allow", "passed"), [(False, []), (True, ["a", "b", "c"])])
def test_without_control_the_option_decides(allow, passed):
    run = run_calculator("GateCalculator", {"": DATA}, options={"allow": allow})
    assert run.values("") == passed
    # A closed gate moves its bound, so that readers do not wait for these timestamps.
    assert run.bound("") == 31


def test_several_streams_pass_together_and_state_changes_are_told():
    run = run_calculator(
        "GateCalculator",
        {":0": DATA, ":1": [(20, 2), (30, 3)], "ALLOW": [(10, False), (20, True), (30, True)]},
        outputs=[":0", ":1", "STATE_CHANGE"],
    )
    assert run.values(":0") == ["b", "c"] and run.values(":1") == [2, 3]
    assert run.values("STATE_CHANGE") == [True] and timestamps(run, "STATE_CHANGE") == [20]


def test_a_change_at_the_first_packet_is_told_where_the_state_before_is_known():
    inputs = {"": DATA, "ALLOW": [(10, True), (20, True), (30, True)]}
    silent = run_calculator("GateCalculator", inputs, outputs=["", "STATE_CHANGE"])
    assert silent.values("STATE_CHANGE") == []
    told = run_calculator(
        "GateCalculator", inputs, options="initial_gate_state: GATE_DISALLOW", outputs=["", "STATE_CHANGE"]
    )
    assert timestamps(told, "STATE_CHANGE") == [10]


def test_two_controls_are_refused():
    with pytest.raises(ConfigError, match="stream ALLOW and side packet DISALLOW; expected one control"):
        run_calculator("GateCalculator", {"": DATA, "ALLOW": []}, {"DISALLOW": True})


def test_outputs_must_pair_with_inputs():
    with pytest.raises(ConfigError, match="2 data inputs but 1 outputs"):
        run_calculator("GateCalculator", {":0": DATA, ":1": DATA}, outputs=[":0"])

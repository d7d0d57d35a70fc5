"""The core nodes in small graphs send the same packets as MediaPipe's own."""

import json
import subprocess
from pathlib import Path

import pytest

from attention_mesh.framework import CalculatorGraph

PROGRAM = Path(__file__).parents[2] / "peer_programs" / "core_graphs.py"

pytestmark = pytest.mark.slow


def case(graph: str, packets: list, watched: dict[str, str], side: dict | None = None) -> dict:
    """`packets` are in the order in which they are added; inputs and outputs are declared from them."""
    inputs = "".join(f'input_stream: "{name}" ' for name in dict.fromkeys(p[0] for p in packets))
    sides = "".join(f'input_side_packet: "{name}" ' for name in side or {})
    outputs = "".join(f'output_stream: "{name}" ' for name in watched)
    return {
        "graph": inputs + sides + outputs + graph,
        "side": side or {},
        "packets": packets,
        "watched": watched,
    }


LOOP = """
node {
  calculator: "BeginLoopFloatCalculator"
  input_stream: "ITERABLE:numbers"
  input_stream: "CLONE:frame"
  output_stream: "ITEM:number"
  output_stream: "CLONE:frame_of_number"
  output_stream: "BATCH_END:end"
}
node {
  calculator: "ThresholdingCalculator"
  input_stream: "FLOAT:number"
  output_stream: "FLAG:is_large"
  output_stream: "ACCEPT:accept"
  output_stream: "REJECT:reject"
  options { [mediapipe.ThresholdingCalculatorOptions.ext] { threshold: 0.5 } }
}
node {
  calculator: "GateCalculator"
  input_stream: "number"
  input_stream: "ALLOW:accept"
  output_stream: "large_number"
}
node {
  calculator: "EndLoopFloatCalculator"
  input_stream: "ITEM:large_number"
  input_stream: "BATCH_END:end"
  output_stream: "ITERABLE:large_numbers"
}
node {
  calculator: "PacketPresenceCalculator"
  input_stream: "PACKET:large_numbers"
  output_stream: "PRESENCE:has_large_numbers"
}
node {
  calculator: "PassThroughCalculator"
  input_stream: "frame"
  input_stream: "large_numbers"
  output_stream: "frame_out"
  output_stream: "large_numbers_out"
}
"""
LOOP_FRAMES = [(10, [0.25, 0.75, 1.0]), (20, []), (30, [0.25]), (40, [2.0]), (55, [0.5, 0.625])]

SPLIT = """
node {
  calculator: "SplitFloatVectorCalculator"
  input_stream: "numbers"
  output_stream: "third"
  output_stream: "first"
  options {
    [mediapipe.SplitVectorCalculatorOptions.ext] {
      ranges { begin: 2 end: 3 } ranges { begin: 0 end: 1 } element_only: true
    }
  }
}
node {
  calculator: "SplitFloatVectorCalculator"
  input_stream: "numbers"
  output_stream: "pieces"
  options {
    [mediapipe.SplitVectorCalculatorOptions.ext] {
      ranges { begin: 2 end: 3 } ranges { begin: 0 end: 2 } combine_outputs: true
    }
  }
}
node {
  calculator: "ConcatenateFloatVectorCalculator"
  input_stream: "third"
  input_stream: "pieces"
  input_stream: "more"
  output_stream: "whole"
}
node {
  calculator: "ConcatenateFloatVectorCalculator"
  input_stream: "first"
  input_stream: "more"
  output_stream: "only_together"
  options { [mediapipe.ConcatenateVectorCalculatorOptions.ext] { only_emit_if_all_present: true } }
}
"""

GATES = """
node {
  calculator: "GateCalculator"
  input_stream: "frame"
  input_stream: "ALLOW:allow"
  output_stream: "allowed"
  output_stream: "STATE_CHANGE:changed"
  options { [mediapipe.GateCalculatorOptions.ext] { initial_gate_state: GATE_DISALLOW } }
}
node {
  calculator: "GateCalculator"
  input_stream: "frame"
  input_stream: "DISALLOW:allow"
  output_stream: "not_disallowed"
  options { [mediapipe.GateCalculatorOptions.ext] { empty_packets_as_allow: true } }
}
node {
  calculator: "GateCalculator"
  input_stream: "frame"
  input_side_packet: "DISALLOW:off"
  output_stream: "on"
}
node {
  calculator: "MergeCalculator"
  input_stream: "allowed"
  input_stream: "not_disallowed"
  output_stream: "merged"
}
node {
  calculator: "PreviousLoopbackCalculator"
  input_stream: "MAIN:frame"
  input_stream: "LOOP:allowed_too"
  input_stream_info { tag_index: "LOOP" back_edge: true }
  output_stream: "PREV_LOOP:previous"
}
node {
  calculator: "PassThroughCalculator"
  input_stream: "allowed"
  input_stream: "previous"
  output_stream: "allowed_too"
  output_stream: "previous_too"
}
"""

SIDE_PACKETS = """
node {
  calculator: "StringToIntCalculator"
  input_side_packet: "text"
  output_side_packet: "whole"
}
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:0:constant"
  output_side_packet: "PACKET:1:word"
  options {
    [mediapipe.ConstantSidePacketCalculatorOptions.ext] {
      packet { float_value: 0.5 } packet { string_value: "abc" }
    }
  }
}
node {
  calculator: "SidePacketToStreamCalculator"
  input_stream: "TICK:frame"
  input_side_packet: "whole"
  input_side_packet: "constant"
  output_stream: "AT_TICK:0:whole_ticks"
  output_stream: "AT_TICK:1:constant_ticks"
}
node {
  calculator: "SidePacketToStreamCalculator"
  input_stream: "TICK:frame"
  input_side_packet: "word"
  output_stream: "AT_FIRST_TICK:word_once"
}
node {
  calculator: "SidePacketToStreamCalculator"
  input_side_packet: "word"
  output_stream: "AT_ZERO:word_at_zero"
}
"""

LIMITER = """
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "frame"
  input_stream: "more"
  input_stream: "FINISHED:finished"
  output_stream: "limited"
  output_stream: "limited_more"
  output_stream: "ALLOW:allow"
  options {
    [mediapipe.FlowLimiterCalculatorOptions.ext] {
      max_in_flight: 1 max_in_queue: QUEUE in_flight_timeout: TIMEOUT
    }
  }
}
"""


def limiter_packets() -> list:
    packets = []
    for time in range(10, 110, 10):
        packets += [["frame", "int", time, time], ["more", "int", -time, time]]
        if time in (30, 50, 60, 100):
            packets.append(["finished", "int", 0, time - 10])
    # All are finished before the inputs close, because the order of closing is unspecified.
    return [*packets, ["finished", "int", 0, 100]]


def off_beat_packets() -> list:
    """The further stream has more packets than frames, at times between them, before the first and behind."""
    packets = [["more", "int", -3, 3], ["more", "int", -7, 7]]
    for time in range(10, 110, 10):
        packets.append(["frame", "int", time, time])
        packets += [["more", "int", -beat, beat] for beat in (time, time + 1, time + 6)]
        if time in (30, 50, 60, 100):
            packets.append(["finished", "int", 0, time - 10])
    return [*packets, ["finished", "int", 0, 100], ["more", "int", -150, 150]]


CASES = {
    "loop": case(
        LOOP,
        [
            packet
            for time, numbers in LOOP_FRAMES
            for packet in (["numbers", "floats", numbers, time], ["frame", "int", time, time])
        ],
        {
            "number": "float",
            "frame_of_number": "int",
            "is_large": "bool",
            "accept": "bool",
            "reject": "bool",
            "large_numbers": "floats",
            "has_large_numbers": "bool",
            "frame_out": "int",
            "large_numbers_out": "floats",
        },
    ),
    "split": case(
        SPLIT,
        [
            ["numbers", "floats", [0.5, 1.5, 2.5, 3.5], 10],
            ["more", "floats", [9.5, 8.5], 10],
            ["more", "floats", [7.5], 20],
            ["numbers", "floats", [0.25, 1.25, 2.25], 30],
            ["more", "floats", [], 30],
        ],
        {
            "third": "float",
            "first": "float",
            "pieces": "floats",
            "whole": "floats",
            "only_together": "floats",
        },
    ),
    "gates": case(
        GATES,
        [
            packet
            for time, allow in ((10, True), (20, True), (30, False), (40, None), (50, True), (60, False))
            for packet in (
                ["frame", "int", time, time],
                *([["allow", "bool", allow, time]] if allow is not None else []),
            )
        ],
        {
            "allowed": "int",
            "changed": "bool",
            "not_disallowed": "int",
            "on": "int",
            "merged": "int",
            "previous": "int",
            "previous_too": "int",
        },
        {"off": ["bool", False]},
    ),
    "closed gate": case(
        GATES,
        [
            ["frame", "int", 1, 1],
            ["allow", "bool", True, 1],
            ["frame", "int", 2, 2],
            ["allow", "bool", True, 2],
        ],
        {"on": "int", "merged": "int"},
        {"off": ["bool", True]},
    ),
    "side packets": case(
        SIDE_PACKETS,
        [["frame", "int", time, time] for time in (5, 6, 9)],
        {"whole_ticks": "int", "constant_ticks": "float", "word_once": "str", "word_at_zero": "str"},
        {"text": ["str", "-12"]},
    ),
    "indices": case(
        """
        node {
          calculator: "IntVectorIndicesCalculator"
          input_stream: "VECTOR:numbers"
          output_stream: "INDICES:indices"
        }
        node {
          calculator: "ConcatenateInt32VectorCalculator"
          input_stream: "indices"
          input_stream: "numbers"
          output_stream: "both"
        }
        """,
        [["numbers", "ints", [7, 8, 9], 1], ["numbers", "ints", [], 2]],
        {"indices": "ints", "both": "ints"},
    ),
    **{
        f"limiter {queue} {timeout}": case(
            LIMITER.replace("QUEUE", str(queue)).replace("TIMEOUT", str(timeout)),
            limiter_packets(),
            {"limited": "int", "limited_more": "int", "allow": "bool"},
        )
        for queue, timeout in ((0, 0), (1, 0), (2, 25))
    },
    **{
        f"limiter off the beat {queue}": case(
            LIMITER.replace("QUEUE", str(queue)).replace("TIMEOUT", "0"),
            off_beat_packets(),
            {"limited": "int", "limited_more": "int", "allow": "bool"},
        )
        for queue in (0, 1)
    },
}


@pytest.fixture(scope="module")
def official(peer_python: Path, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("core")
    (folder / "cases.json").write_text(json.dumps(CASES))
    command = [peer_python, PROGRAM, folder / "cases.json", folder / "outputs.json"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads((folder / "outputs.json").read_text())


def run_ours(case: dict, scheduler: str) -> dict:
    outputs = {stream: [] for stream in case["watched"]}
    with CalculatorGraph(graph_config=case["graph"], scheduler=scheduler) as graph:
        for stream in outputs:
            graph.observe_output_stream(
                stream, lambda packet, stream=stream: outputs[stream].append([packet.timestamp, packet.value])
            )
        graph.start_run({name: value for name, (_, value) in case["side"].items()})
        for stream, _, value, timestamp in case["packets"]:
            graph.add_packet(stream, value, timestamp)
            graph.wait_until_idle()
        graph.close_all_packet_sources()
        graph.wait_until_done()
    return outputs


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
@pytest.mark.parametrize("name", CASES)
def test_every_packet_is_the_official_one(official, name, scheduler):
    assert any(official[name].values())
    assert run_ours(CASES[name], scheduler) == official[name]

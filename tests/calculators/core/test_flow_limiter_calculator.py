"""Dropping frames while enough are under way."""

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator

FRAMES = [(10, "a"), (20, "b"), (30, "c"), (40, "d")]

LIMITED = """
input_stream: "frame"
input_stream: "finished"
output_stream: "passed"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "frame"
  input_stream: "FINISHED:finished"
  output_stream: "passed"
  options { [mediapipe.FlowLimiterCalculatorOptions.ext] { max_in_queue: 0 } }
}
"""


def test_frames_are_dropped_until_the_one_under_way_is_finished():
    run = run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": [(10, 0)]}, outputs=["", "ALLOW"])
    # FINISHED at 10 arrives after frame 10 and before frame 20.
    assert run.values("") == ["a", "b"]
    assert [(p.timestamp, p.value) for p in run.packets("ALLOW")] == [
        (10, True),
        (20, True),
        (30, False),
        (40, False),
    ]
    assert run.bound("") == 41


def test_finished_may_be_only_a_bound():
    graph = CalculatorGraph(graph_config=LIMITED, scheduler="caller")
    seen = []
    graph.observe_output_stream("passed", lambda packet: seen.append(packet.value))
    graph.start_run({})
    graph.add_packet("frame", "a", 10)
    graph.add_packet("frame", "b", 20)
    graph.wait_until_idle()
    graph.set_input_stream_bound("finished", 11)
    graph.wait_until_idle()
    graph.add_packet("frame", "c", 30)
    graph.wait_until_idle()
    assert seen == ["a", "c"]
    graph.close_all_packet_sources()
    graph.wait_until_done()


def test_the_newest_waiting_frame_goes_when_its_turn_comes():
    graph = CalculatorGraph(
        graph_config=LIMITED.replace("max_in_queue: 0", "max_in_queue: 1"), scheduler="caller"
    )
    seen = []
    graph.observe_output_stream("passed", lambda packet: seen.append((packet.timestamp, packet.value)))
    graph.start_run({})
    for timestamp, frame in FRAMES:
        graph.add_packet("frame", frame, timestamp)
    graph.wait_until_idle()
    assert seen == [(10, "a")]
    graph.add_packet("finished", 0, 10)
    graph.wait_until_idle()
    assert seen == [(10, "a"), (40, "d")]
    graph.close_all_packet_sources()
    graph.wait_until_done()


def test_more_may_be_in_flight_by_option_or_side_packet():
    by_option = run_calculator(
        "FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, options="max_in_flight: 2"
    )
    assert by_option.values("") == ["a", "b"]
    by_side = run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, {"MAX_IN_FLIGHT": 3})
    assert by_side.values("") == ["a", "b", "c"]


def test_a_frame_that_never_finishes_is_given_up_after_the_timeout():
    run = run_calculator(
        "FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, options={"in_flight_timeout": 25}
    )
    assert run.values("") == ["a", "d"]


def test_companions_follow_their_frame():
    run = run_calculator(
        "FlowLimiterCalculator",
        {":0": FRAMES, ":1": [(10, 1), (20, 2), (30, 3)], "FINISHED": [(10, 0)]},
        outputs=[":0", ":1"],
    )
    assert run.values(":0") == ["a", "b"] and run.values(":1") == [1, 2]


def test_companions_between_frames_follow_the_frame_before_them():
    beats = [(3, 3), (12, 12), (29, 29), (31, 31), (45, 45)]
    run = run_calculator(
        "FlowLimiterCalculator",
        {":0": FRAMES, ":1": beats, "FINISHED": [(10, 0)]},
        outputs=[":0", ":1"],
    )
    # Frames 10 and 20 pass, 30 and 40 do not; before the first frame everything does.
    assert [packet.timestamp for packet in run.packets(":0")] == [10, 20]
    assert [packet.timestamp for packet in run.packets(":1")] == [3, 12, 29]


def test_numbers_below_one_are_refused():
    with pytest.raises(ConfigError, match="max_in_flight is 0"):
        run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, options="max_in_flight: 0")
    with pytest.raises(CalculatorError, match="MAX_IN_FLIGHT is 0"):
        run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, {"MAX_IN_FLIGHT": 0})


def limiter_options(text: str, is_wrapped: bool):
    if not is_wrapped:
        return parse_text(text, message_class("mediapipe.FlowLimiterCalculatorOptions")())
    return parse_text(
        f"[mediapipe.FlowLimiterCalculatorOptions.ext] {{ {text} }}",
        message_class("mediapipe.CalculatorOptions")(),
    )


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_options_may_come_as_side_packet_and_change_on_the_way(is_wrapped):
    given = limiter_options("max_in_flight: 2", is_wrapped)
    run = run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": []}, {"OPTIONS": given})
    assert run.values("") == ["a", "b"]
    later = limiter_options("max_in_flight: 3", is_wrapped)
    run = run_calculator(
        "FlowLimiterCalculator", {"": FRAMES, "FINISHED": [], "OPTIONS": [(25, later)]}, {"OPTIONS": given}
    )
    assert run.values("") == ["a", "b", "c"]


def test_options_on_the_way_are_checked():
    wrong = limiter_options("max_in_flight: 0", False)
    with pytest.raises(CalculatorError, match="max_in_flight is 0"):
        run_calculator("FlowLimiterCalculator", {"": FRAMES, "FINISHED": [], "OPTIONS": [(5, wrong)]})

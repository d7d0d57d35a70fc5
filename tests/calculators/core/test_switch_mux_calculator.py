"""The mux alone: the channel whose packets leave. Its test as a part of SwitchContainer is there."""

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator


def run(inputs, options="", outputs=("A",), **arguments):
    return run_calculator("SwitchMuxCalculator", inputs, options=options, outputs=list(outputs), **arguments)


ALL = {"C0__A": [(t, f"zero{t}") for t in (1, 2, 3)], "C1__A": [(t, f"one{t}") for t in (1, 2, 3)]}


def test_packets_come_from_the_channel_chosen_at_their_timestamp_and_the_others_are_dropped():
    assert run({**ALL, "SELECT": [(2, 1), (3, 0)]}).values("A") == ["zero1", "one2", "zero3"]


@pytest.mark.parametrize(
    ("options", "first"), [("", "zero1"), ("select: 1", "one1"), ("enable: true", "one1")]
)
def test_option_chooses_where_no_stream_does(options, first):
    assert run(ALL, options).values("A")[0] == first


def test_it_waits_for_the_channel_that_was_left_before_it_goes_on_to_the_next():
    text = """input_stream: "zero" input_stream: "one" input_stream: "which" output_stream: "out"
    node { calculator: "SwitchMuxCalculator" input_stream: "SELECT:which" input_stream: "C0__A:zero"
           input_stream: "C1__A:one" output_stream: "A:out" }"""
    with CalculatorGraph(text, scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("out", lambda packet: received.append(packet.value))
        graph.start_run()
        graph.add_packet("which", 1, 5)
        graph.add_packet("one", "one5", 5)
        graph.wait_until_idle()
        assert received == []
        graph.add_packet("zero", "zero4", 4)
        graph.wait_until_idle()
        assert received == ["zero4", "one5"]


def test_bounds_follow_the_chosen_channel_up_to_where_the_choice_is_known():
    out = run({**ALL, "SELECT": [(1, 1)]}, bounds={"SELECT": 9})
    assert out.bound("A") == 4
    out = run({**ALL, "SELECT": [(1, 1)]}, bounds={"SELECT": 9, "C0__A": 50, "C1__A": 50})
    assert out.bound("A") == 9


def test_side_packet_of_a_channel_that_is_not_there_is_an_error():
    text = """input_side_packet: "x" input_side_packet: "which"
    node { name: "mux" calculator: "SwitchMuxCalculator" input_side_packet: "SELECT:which"
           input_side_packet: "C0__X:x" output_side_packet: "X:y" }"""
    with CalculatorGraph(text) as graph:
        graph.start_run({"x": 1, "which": 0})
        assert graph.side_packet("y") == 1
    with CalculatorGraph(text) as graph:
        with pytest.raises(CalculatorError, match="channel 4 is chosen, but there are 1"):
            graph.start_run({"x": 1, "which": 4})


def test_output_that_no_channel_has_is_refused():
    with pytest.raises(ConfigError, match='no channel has an input for the output "B"'):
        run({"C0__A": []}, outputs=["B"])

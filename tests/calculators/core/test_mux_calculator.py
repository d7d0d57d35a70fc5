"""Choosing one of several streams."""

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError, GraphError
from attention_mesh.framework.testing import run_calculator

INPUTS = {"INPUT:0": [(10, "a"), (20, "b"), (30, "c")], "INPUT:1": [(10, "A"), (30, "C")]}


def stamps(run) -> list[tuple[int, str]]:
    return [(packet.timestamp, packet.value) for packet in run.packets("OUTPUT")]


def test_the_stream_chooses_at_each_timestamp():
    run = run_calculator("MuxCalculator", {**INPUTS, "SELECT": [(10, 1), (20, 0), (30, 1)]})
    assert stamps(run) == [(10, "A"), (20, "b"), (30, "C")]
    assert run.bound("OUTPUT") == 31


def test_it_does_not_wait_for_the_inputs_that_are_not_chosen():
    run = run_calculator("MuxCalculator", {**INPUTS, "INPUT:1": [], "SELECT": [(10, 0), (20, 0), (30, 1)]})
    assert stamps(run) == [(10, "a"), (20, "b")]
    assert run.bound("OUTPUT") <= 30


def test_the_chosen_input_may_be_empty():
    run = run_calculator(
        "MuxCalculator", {**INPUTS, "SELECT": [(10, 1), (20, 1), (30, 1)]}, bounds={"SELECT": 40}
    )
    assert stamps(run) == [(10, "A"), (30, "C")]
    assert run.bound("OUTPUT") == 40


@pytest.mark.parametrize(("chosen", "expected"), [(0, "abc"), (1, "AC")])
def test_a_side_packet_chooses_for_the_whole_run(chosen, expected):
    run = run_calculator("MuxCalculator", INPUTS, {"SELECT": chosen})
    assert "".join(run.values("OUTPUT")) == expected
    assert [p.timestamp for p in run.packets("OUTPUT")] == [10, 20, 30][:: 1 + chosen]


def test_with_a_side_packet_only_the_chosen_input_moves_the_bound():
    run = run_calculator(
        "MuxCalculator", {"INPUT:0": [], "INPUT:1": [(5, "x")]}, {"SELECT": 1}, bounds={"INPUT:1": 9}
    )
    assert run.values("OUTPUT") == ["x"] and run.bound("OUTPUT") == 9


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_with_a_side_packet_the_output_ends_with_the_chosen_input(scheduler):
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "a"
        input_stream: "b"
        input_stream: "all"
        output_stream: "joined"
        input_side_packet: "select"
        node {
          calculator: "MuxCalculator"
          input_stream: "INPUT:0:a"
          input_stream: "INPUT:1:b"
          input_side_packet: "SELECT:select"
          output_stream: "OUTPUT:chosen"
        }
        node {
          calculator: "MergeCalculator"
          input_stream: "chosen"
          input_stream: "all"
          output_stream: "joined"
        }
        """,
        scheduler=scheduler,
    )
    seen = []
    graph.observe_output_stream("joined", lambda packet: seen.append(packet.value))
    graph.start_run({"select": 1})
    graph.add_packet("b", "b", 1)
    graph.wait_until_idle()
    graph.close_input_stream("b")
    graph.add_packet("all", "c", 5)
    graph.wait_until_idle()
    # The chosen input has ended, so nothing waits for the other.
    assert seen == ["b", "c"]
    graph.close_all_packet_sources()
    graph.wait_until_done()


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_a_round_robin_is_put_in_order_again(scheduler):
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "number"
        output_stream: "same"
        node {
          calculator: "RoundRobinDemuxCalculator"
          input_stream: "number"
          output_stream: "OUTPUT:0:even"
          output_stream: "OUTPUT:1:odd"
          output_stream: "SELECT:which"
        }
        node { calculator: "PassThroughCalculator" input_stream: "even" output_stream: "even_too" }
        node { calculator: "PassThroughCalculator" input_stream: "odd" output_stream: "odd_too" }
        node {
          calculator: "MuxCalculator"
          input_stream: "INPUT:0:even_too"
          input_stream: "INPUT:1:odd_too"
          input_stream: "SELECT:which"
          output_stream: "OUTPUT:same"
        }
        """,
        scheduler=scheduler,
    )
    seen = []
    graph.observe_output_stream("same", lambda packet: seen.append((packet.timestamp, packet.value)))
    graph.start_run({})
    for number in range(20):
        graph.add_packet("number", number, 10 * number)
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert seen == [(10 * number, number) for number in range(20)]


def test_a_choice_that_is_no_input_is_an_error():
    with pytest.raises(GraphError, match="2 is not the number of a data input"):
        run_calculator("MuxCalculator", {**INPUTS, "SELECT": [(10, 2)]})
    with pytest.raises(CalculatorError, match="SELECT is 2, but the 2 inputs count from 0"):
        run_calculator("MuxCalculator", INPUTS, {"SELECT": 2})


def test_one_choice_is_needed():
    with pytest.raises(ConfigError, match="SELECT is neither"):
        run_calculator("MuxCalculator", INPUTS)
    with pytest.raises(ConfigError, match="SELECT is both"):
        run_calculator("MuxCalculator", {**INPUTS, "SELECT": []}, {"SELECT": 0})

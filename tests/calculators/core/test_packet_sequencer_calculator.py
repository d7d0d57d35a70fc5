"""The sequencer: which timestamps packets of another clock get."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import MIN

NODE = """input_stream: "choice" input_stream: "frame" input_stream: "mask" output_stream: "out"
node { calculator: "PacketSequencerCalculator" input_stream: "INPUT:choice" input_stream: "TICK:frame"
       input_stream: "TICK:1:mask" output_stream: "OUTPUT:out" %s }"""
DEFAULT = 'input_stream_handler { input_stream_handler: "DefaultInputStreamHandler" }'


def stamped(feed: list[tuple[str, int]], handler: str = "") -> list[tuple[str, int]]:
    """(value, timestamp) of the output for packets whose values are their stream and timestamp."""
    with CalculatorGraph(NODE % handler, scheduler="caller") as graph:
        received: list = []
        graph.observe_output_stream("out", lambda packet: received.append((packet.value, packet.timestamp)))
        graph.start_run()
        for stream, timestamp in feed:
            graph.add_packet(stream, f"{stream}{timestamp}", timestamp)
            graph.wait_until_idle()
        graph.close_all_packet_sources()
        graph.wait_until_done()
    return received


def test_packet_before_any_tick_counts_from_the_beginning():
    assert stamped([("choice", 500), ("frame", 10)]) == [("choice500", MIN)]


def test_packet_comes_right_after_the_last_tick_of_any_stream_whatever_its_own_time():
    feed = [("frame", 10), ("mask", 20), ("choice", 3), ("frame", 30), ("choice", 4)]
    assert stamped(feed) == [("choice3", 21), ("choice4", 31)]


def test_packets_without_a_tick_between_them_follow_one_another():
    assert stamped([("frame", 10), ("choice", 1), ("choice", 2)]) == [("choice1", 11), ("choice2", 12)]


def test_with_the_default_handler_the_inputs_timestamps_count_and_a_packet_covers_its_own_tick():
    feed = [("choice", 20), ("frame", 10), ("mask", 10), ("frame", 20), ("mask", 20), ("choice", 30)]
    assert stamped(feed, DEFAULT) == [("choice20", 11), ("choice30", 21)]


def test_bound_of_the_output_follows_the_ticks():
    run = run_calculator("PacketSequencerCalculator", {"INPUT": [(1, "x")], "TICK": [(10, 0), (40, 0)]})
    assert [packet.timestamp for packet in run.packets("OUTPUT")] == [MIN]
    assert run.bound("OUTPUT") == 41


def test_each_input_has_its_own_output():
    with pytest.raises(ConfigError, match="2 inputs INPUT but 1 outputs"):
        run_calculator("PacketSequencerCalculator", {"INPUT": [], "INPUT:1": []})

"""A program written for MediaPipe's CalculatorGraph runs graphs with it."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.framework import (
    Calculator,
    GraphError,
    Input,
    Output,
    SideInput,
    TimestampError,
    calculator,
)
from attention_mesh.framework.formats import rect_pb2
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api import packet_creator, packet_getter
from attention_mesh.python_bindings.mediapipe_api.calculator_graph import (
    CalculatorGraph,
    GraphInputStreamAddMode,
)
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.packet import Packet
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp
from attention_mesh.python_bindings.mediapipe_api.validated_graph_config import ValidatedGraphConfig

PASS = """
max_queue_size: 2
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""
SIDE = 'node { calculator: "PassThroughCalculator" input_side_packet: "in" output_side_packet: "out" }'


@calculator
class SurfaceHalveCalculator(Calculator):
    """Halves rectangles' sizes. Refuses an even number of them with ValueError, more than 5 as it pleases."""

    rects = Input("NORM_RECTS", NormalizedRects)
    divisor = SideInput("DIVISOR", float, optional=True)
    halved = Output("NORM_RECTS", NormalizedRects)

    def open(self) -> None:
        self.by = 2.0 if self.divisor.value is None else self.divisor.value
        if self.by == 0:
            raise ValueError("DIVISOR is 0")

    def process(self) -> None:
        rects = self.rects.value
        if len(rects) > 5:
            raise {6: NotImplementedError, 7: OSError}[len(rects)]("told to")
        if len(rects) % 2 == 0:
            raise ValueError(f"{len(rects)} rectangles")
        self.halved.send(NormalizedRects(rects.values / [1, 1, self.by, self.by, 1], rects.ids))


HALVE = """
input_stream: "in"
output_stream: "out"
input_side_packet: "divisor"
node {
  calculator: "SurfaceHalveCalculator"
  input_stream: "NORM_RECTS:in"
  input_side_packet: "DIVISOR:divisor"
  output_stream: "NORM_RECTS:out"
}
"""


def rect_packet(count: int) -> Packet:
    return packet_creator.create_proto_vector([rect_pb2.NormalizedRect(width=0.5) for _ in range(count)])


def started(config: str, side_packets: dict | None = None, **arguments) -> tuple[CalculatorGraph, list]:
    graph = CalculatorGraph(graph_config=config, **arguments)
    received: list[tuple[str, Packet]] = []
    graph.observe_output_stream("out", lambda name, packet: received.append((name, packet)))
    graph.start_run(side_packets)
    return graph, received


@pytest.mark.parametrize("scheduler", ["caller", "pool", None])
def test_packets_come_out_as_they_went_in(scheduler: str | None) -> None:
    graph, received = started(PASS, scheduler=scheduler)
    packet = packet_creator.create_string("hello")
    graph.add_packet_to_input_stream("in", packet, 3)
    graph.add_packet_to_input_stream(stream="in", packet=packet.at(5))
    graph.add_packet_to_input_stream(stream="in", packet=packet, timestamp=Timestamp(7))
    graph.close()
    assert [(name, packet_getter.get_str(p), p.timestamp) for name, p in received] == [
        ("out", "hello", 3),
        ("out", "hello", 5),
        ("out", "hello", 7),
    ]
    assert not graph.has_error() and graph.get_combined_error_message() == ""


def test_more_packets_than_the_queue_holds() -> None:
    graph, received = started(PASS)
    for timestamp in range(200):
        graph.add_packet_to_input_stream("in", packet_creator.create_int(timestamp), timestamp)
    graph.wait_until_idle()
    assert [packet_getter.get_int(packet) for _, packet in received] == list(range(200))
    graph.close()


def test_a_graph_from_a_file_and_from_a_validated_config(tmp_path: Path) -> None:
    (tmp_path / "graph.pbtxt").write_text(PASS)
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=PASS)
    for source in ({"binary_graph_path": tmp_path / "graph.pbtxt"}, {"validated_graph_config": validated}):
        graph = CalculatorGraph(**source)
        assert graph.max_queue_size == 2 and "PassThroughCalculator" in graph.text_config
        assert graph.binary_config == validated.binary_config


@pytest.mark.parametrize("sources", [{}, {"graph_config": PASS, "binary_graph_path": "a"}])
def test_needs_one_graph(sources: dict) -> None:
    with pytest.raises(ValueError, match="Please provide one of the following"):
        CalculatorGraph(**sources)


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError, match="nothing.binarypb"):
        CalculatorGraph(binary_graph_path="nothing.binarypb")


def test_a_config_that_is_not_initialized() -> None:
    with pytest.raises(RuntimeError, match="not initialized"):
        CalculatorGraph(validated_graph_config=ValidatedGraphConfig())


def test_an_old_timestamp_is_told_by_the_next_wait_and_the_run_goes_on() -> None:
    graph, received = started(PASS)
    packet = packet_creator.create_int(1)
    graph.add_packet_to_input_stream("in", packet, 4)
    graph.add_packet_to_input_stream("in", packet, 4)
    with pytest.raises(ValueError, match='"in".*minimum expected timestamp is 5 but received 4') as raised:
        graph.wait_until_idle()
    assert isinstance(raised.value, TimestampError)
    assert graph.has_error() and "received 4" in graph.get_combined_error_message()
    graph.add_packet_to_input_stream("in", packet, 5)
    graph.close()
    assert [p.timestamp for _, p in received] == [4, 5]
    graph.start_run()
    assert not graph.has_error()
    graph.close()


def test_closing_tells_what_no_wait_has_told() -> None:
    graph, _ = started(PASS)
    for timestamp in (4, 3):
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1), timestamp)
    with pytest.raises(ValueError, match="received 3"):
        graph.close()
    graph.close()


def test_a_packet_without_time_is_refused_at_once() -> None:
    graph, _ = started(PASS)
    with pytest.raises(ValueError, match=r"Timestamp::Unset\(\)"):
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1))
    with pytest.raises(TypeError, match="from an int of microseconds"):
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 1.5)
    with pytest.raises(TypeError, match="see packet_creator"):
        graph.add_packet_to_input_stream("in", 5, 0)
    graph.close()


def test_a_stream_that_does_not_exist() -> None:
    graph, _ = started(PASS)
    with pytest.raises(RuntimeError, match='no input stream "nothing"'):
        graph.add_packet_to_input_stream("nothing", packet_creator.create_int(1), 0)
    with pytest.raises(RuntimeError, match='no input stream "nothing"'):
        graph.close_input_stream("nothing")
    graph.close()
    with pytest.raises(RuntimeError, match='no stream "nothing"'):
        graph.observe_output_stream("nothing", print)


def test_before_the_run_starts() -> None:
    graph = CalculatorGraph(graph_config=PASS)
    graph.close()
    for act in (graph.wait_until_idle, graph.wait_until_done):
        with pytest.raises(RuntimeError, match="start_run"):
            act()
    with pytest.raises(TypeError, match="function of stream name and packet"):
        graph.observe_output_stream("out", 5)


def test_observing_or_starting_during_the_run_is_refused() -> None:
    graph, _ = started(PASS)
    with pytest.raises(RuntimeError, match="running"):
        graph.observe_output_stream("in", print)
    with pytest.raises(RuntimeError, match="running already"):
        graph.start_run()
    graph.close()


def test_bounds_are_observed_as_empty_packets() -> None:
    config = """
    input_stream: "in" input_stream: "allow" output_stream: "out"
    node {
      calculator: "GateCalculator"
      input_stream: "in" input_stream: "ALLOW:allow"
      output_stream: "out"
    }
    """
    graph = CalculatorGraph(graph_config=config)
    received: list[Packet] = []
    graph.observe_output_stream("out", lambda _, packet: received.append(packet), True)
    graph.start_run()
    graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 5)
    graph.add_packet_to_input_stream("allow", packet_creator.create_bool(False), 5)
    graph.wait_until_idle()
    assert [(packet.is_empty(), packet.timestamp) for packet in received] == [(True, 5)]
    graph.close()


def test_an_empty_packet_says_that_nothing_comes() -> None:
    config = """
    input_stream: "in" input_stream: "other" output_stream: "out"
    node {
      calculator: "PassThroughCalculator"
      input_stream: "in" input_stream: "other"
      output_stream: "out" output_stream: "other_out"
    }
    """
    graph, received = started(config)
    graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 5)
    graph.wait_until_idle()
    assert not received
    graph.add_packet_to_input_stream("other", Packet().at(5))
    graph.wait_until_idle()
    assert [packet.timestamp for _, packet in received] == [5]
    graph.close()


def test_messages_become_the_arrays_that_a_calculator_reads() -> None:
    graph, received = started(HALVE)
    graph.add_packet_to_input_stream("in", rect_packet(3), 0)
    one = packet_creator.create_proto(rect_pb2.NormalizedRect(width=0.5, rect_id=9))
    graph.add_packet_to_input_stream("in", one, 1)
    graph.close()
    assert [r.width for r in packet_getter.get_proto_list(received[0][1])] == [0.25] * 3
    rect = packet_getter.get_proto(received[1][1])
    assert (rect.width, rect.rect_id) == (0.25, 9)
    assert isinstance(received[0][1].value, NormalizedRects)
    assert "::std::vector<::mediapipe::NormalizedRect>" in repr(received[0][1])


def test_a_packet_of_the_wrong_type_is_refused() -> None:
    graph, _ = started(HALVE)
    with pytest.raises(ValueError, match='Packet type mismatch: .*"in" takes NormalizedRects, .* str'):
        graph.add_packet_to_input_stream("in", packet_creator.create_string("a"), 0)
    graph.close()


@pytest.mark.parametrize(("count", "error"), [(2, ValueError), (6, NotImplementedError), (7, RuntimeError)])
def test_what_a_calculator_raises_has_the_kind_that_mediapipe_gives(count: int, error: type) -> None:
    graph, _ = started(HALVE)
    graph.add_packet_to_input_stream("in", rect_packet(count), 0)
    with pytest.raises(error, match='"SurfaceHalveCalculator".*at timestamp 0') as raised:
        graph.wait_until_idle()
    assert isinstance(raised.value, GraphError)
    assert graph.has_error() and "SurfaceHalveCalculator" in graph.get_combined_error_message()
    with pytest.raises(error):
        graph.close()
    graph.start_run()
    assert not graph.has_error()
    graph.close()


def test_side_packets_are_checked_and_reach_their_node() -> None:
    graph, received = started(HALVE, {"divisor": packet_creator.create_float(4.0)})
    graph.add_packet_to_input_stream("in", rect_packet(1), 0)
    graph.close()
    assert packet_getter.get_proto(received[0][1]).width == 0.125
    with pytest.raises(ValueError, match="must be float"):
        graph.start_run({"divisor": packet_creator.create_string("a")})
    with pytest.raises(ValueError, match="DIVISOR is 0"):
        graph.start_run({"divisor": packet_creator.create_float(0)})
    with pytest.raises(TypeError, match='"divisor" is a Packet'):
        graph.start_run({"divisor": 4.0})


def test_a_missing_side_packet() -> None:
    config = (
        'node { calculator: "StringToUint64Calculator" input_side_packet: "in" output_side_packet: "out" }'
    )
    graph = CalculatorGraph(graph_config=config)
    with pytest.raises(ValueError, match='input side packet "in" .* is missing'):
        graph.start_run()
    graph.start_run({"in": packet_creator.create_string("42")})
    graph.wait_until_done()
    assert packet_getter.get_uint(graph.get_output_side_packet("out")) == 42


def test_side_packets_that_nobody_asks_for_are_passed_over() -> None:
    graph, _ = started(PASS, {"nobody": packet_creator.create_int(1)})
    graph.close()


def test_output_side_packets() -> None:
    graph = CalculatorGraph(graph_config=SIDE)
    with pytest.raises(RuntimeError, match='"out" is unavailable before the graph runs'):
        graph.get_output_side_packet("out")
    graph.start_run({"in": packet_creator.create_int(8)})
    graph.wait_until_done()
    assert packet_getter.get_int(graph.get_output_side_packet("out")) == 8
    with pytest.raises(RuntimeError, match='"nothing" does not exist'):
        graph.get_output_side_packet("nothing")


def test_pixels_are_shared_all_the_way_through_and_outlive_the_graph() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
    expected = rgb.copy()
    rgb.flags.writeable = False
    before = sys.getrefcount(rgb)
    graph = CalculatorGraph(graph_config=SIDE)
    graph.start_run({"in": packet_creator.create_image(rgb, image_format=ImageFormat.SRGB)})
    assert sys.getrefcount(rgb) == before + 1
    graph.wait_until_done()
    packet = graph.get_output_side_packet("out")
    assert np.shares_memory(packet_getter.get_image(packet).numpy_view(), rgb)
    del rgb, graph
    gc.collect()
    image = packet_getter.get_image(packet)
    assert isinstance(image, Image)
    np.testing.assert_array_equal(image.numpy_view(), expected)


def test_add_mode_can_be_set() -> None:
    graph, _ = started(PASS, scheduler="caller")
    assert graph.graph_input_stream_add_mode is GraphInputStreamAddMode.WAIT_TILL_NOT_FULL
    graph.graph_input_stream_add_mode = GraphInputStreamAddMode.ADD_IF_NOT_FULL
    with pytest.raises(RuntimeError, match="2 packets are waiting"):
        for timestamp in range(3):
            graph.add_packet_to_input_stream("in", packet_creator.create_int(1), timestamp)
    graph.close()


def test_a_callback_that_raises_ends_the_run() -> None:
    graph = CalculatorGraph(graph_config=PASS)

    def callback(name: str, packet: Packet) -> None:
        raise KeyError("oops")

    graph.observe_output_stream("out", callback)
    graph.start_run()
    graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 0)
    with pytest.raises(RuntimeError, match="oops"):
        graph.wait_until_idle()
    with pytest.raises(RuntimeError, match="oops"):
        graph.close()


@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_waiting_for_an_observed_packet(scheduler: str) -> None:
    graph, received = started(PASS, scheduler=scheduler)

    def add() -> None:
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 0)

    thread = threading.Timer(0.1, add)
    thread.start()
    graph.wait_for_observed_output()
    assert len(received) == 1
    thread.join()
    graph.close()
    with pytest.raises(RuntimeError, match="the run is over and no packet came"):
        graph.wait_for_observed_output()


def test_as_a_context_manager() -> None:
    graph, received = started(PASS)
    with graph:
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1), 0)
    assert len(received) == 1
    graph.start_run()
    with pytest.raises(KeyError, match="own"), graph:
        graph.add_packet_to_input_stream("in", packet_creator.create_int(1), -3)
        raise KeyError("own")

"""Resampler: a stream at a steady rate."""

import dataclasses
import math
from typing import Any

from google.protobuf.message import Message

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import MAX, MIN, PRE_STREAM

_OPTIONS = "mediapipe.PacketResamplerCalculatorOptions"
_SECOND_US = 1_000_000


@calculator
class PacketResamplerCalculator(Calculator):
    """Sends packets at evenly spaced timestamps, each the one nearest to it: repeats some or drops some.

    MediaPipe's node of this name, without `jitter` and `use_input_frame_rate`, which are refused. The first
    sampling time is the first packet's timestamp, or the nearest time that lies whole periods from
    `base_timestamp`; the others follow every 1 / `frame_rate` s. If two packets are equally near, the later
    one is sent. At the end the last packet is sent too if its period has had none and `flush_last_packet` is
    set. Samples before `start_time` and from `end_time` on are left out.

    Inputs: DATA, or one without a tag, of any type; VIDEO_HEADER (a dataclass with `frame_rate`), one packet
      before the stream.
    Input side packets: OPTIONS (CalculatorOptions), whose fields override the graph's; SEED, which is not
      used.
    Outputs: DATA, or one without a tag; VIDEO_HEADER: the header with the new rate.
    Options: `frame_rate` in Hz, `base_timestamp`, `start_time` and `end_time` in µs, `flush_last_packet`,
      `round_limits`.

    Example::

        node {
          calculator: "PacketResamplerCalculator"
          input_stream: "DATA:image"
          output_stream: "DATA:image_at_10_fps"
          node_options { [type.googleapis.com/mediapipe.PacketResamplerCalculatorOptions] { frame_rate: 10 } }
        }
    """

    data = Input("DATA", object, optional=True)
    untagged_data = Input("", object, optional=True)
    header = Input("VIDEO_HEADER", optional=True)
    given_options = SideInput("OPTIONS", Message, optional=True)
    seed = SideInput("SEED", str, optional=True)
    sampled = Output("DATA", object)  # the input's type
    untagged_sampled = Output("", object)
    header_out = Output("VIDEO_HEADER", object)

    Options = _OPTIONS

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        _check(node.options)
        tags = [connection.entry.tag for connection in node.inputs if connection.entry.tag in ("DATA", "")]
        if len(tags) != 1:
            raise ValueError(f"{len(tags)} inputs hold data; expected one, DATA or without tag")
        for tag in ("DATA", ""):
            node.set_output_type(tag, 0, node.input_type(tags[0]))

    def open(self) -> None:
        options = type(self.options)()
        options.CopyFrom(self.options)
        if self.given_options.connected:
            given = extension_of(_OPTIONS, self.given_options.value)
            if given is not None:
                options.MergeFrom(given)
        _check(options)
        self._rate = options.frame_rate
        if not 0 < self._rate <= _SECOND_US:
            raise ValueError(f"frame_rate is {self._rate}; expected above 0 and at most {_SECOND_US}")
        self._base = options.base_timestamp if options.HasField("base_timestamp") else None
        self._flush = options.flush_last_packet
        margin = int(_SECOND_US / self._rate) // 2 if options.round_limits else 0
        self._from = options.start_time - margin if options.HasField("start_time") else MIN
        self._before = options.end_time + margin if options.HasField("end_time") else MAX
        self._in = self.data if self.data.connected else self.untagged_data
        self._out = self.sampled if self.sampled.connected else self.untagged_sampled
        self._first = 0  # the first sampling time
        self._count = 0  # sampling times that are past
        self._last: Packet | None = None  # none before the first packet
        self._video_header: Any = None

    def process(self) -> None:
        if not self.header.is_empty:
            self._video_header = dataclasses.replace(self.header.value, frame_rate=self._rate)
        packet = self._in.packet
        if packet is None:
            return
        if packet.timestamp <= PRE_STREAM:
            raise ValueError("data arrived before the stream; expected timestamps within it")
        last = self._last
        if last is None:
            last = packet
            self._first = self._first_time(packet.timestamp)
            if self._video_header is not None:
                self.header_out.send(self._video_header, PRE_STREAM)
        period = self._period_of(packet.timestamp)
        if period >= self._count:
            while self._count < period:
                self._send(last)
            time = self._time_of(self._count)
            if packet.timestamp >= time:
                is_nearer = packet.timestamp - time <= time - last.timestamp
                self._send(packet if is_nearer else last)
            self._out.set_bound(self._time_of(self._count))
        self._last = packet

    def close(self) -> None:
        if self._last is not None and self._flush and self._period_of(self._last.timestamp) == self._count:
            self._send(self._last)

    def _first_time(self, timestamp: int) -> int:
        if self._base is None:
            return timestamp
        index = _rounded((timestamp - self._base) / _SECOND_US * self._rate)
        return self._base + _rounded(index / self._rate * _SECOND_US)

    def _time_of(self, index: int) -> int:
        return self._first + _rounded(index / self._rate * _SECOND_US)

    def _period_of(self, timestamp: int) -> int:
        """The number of the sampling time that lies nearest."""
        return _rounded((timestamp - self._first) / _SECOND_US * self._rate)

    def _send(self, packet: Packet) -> None:
        """Sends a packet at the next sampling time, if that lies within the limits."""
        time = self._time_of(self._count)
        self._count += 1
        if self._from <= time < self._before:
            self._out.send(packet.value, time)


def _check(options: Any) -> None:
    if options.jitter:
        raise ValueError("jitter is not supported; leave it out for evenly spaced samples")
    if options.use_input_frame_rate:
        raise ValueError("use_input_frame_rate is not supported, as streams have no headers; set frame_rate")


def _rounded(value: float) -> int:
    """The nearest whole number, halves away from 0."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))

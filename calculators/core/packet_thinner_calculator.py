"""Thinner: fewer packets of a stream."""

from google.protobuf.message import Message

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import MAX, MIN

_OPTIONS = "mediapipe.PacketThinnerCalculatorOptions"


@calculator
class PacketThinnerCalculator(Calculator):
    """Keeps at most one packet per period.

    MediaPipe's node of this name. ASYNC drops the packets that follow a kept one within the period. SYNC lays
    periods around `start_time` + i · `period` and keeps from each the packet nearest to that time, the later
    one of two equally near. It sends that packet when the next period's first packet or the end comes, at
    that time or, without `sync_output_timestamps`, at the packet's own. Packets before `start_time` (default:
    none with ASYNC, 0 with SYNC), and at `end_time` or later, are dropped.

    Inputs: one, of any type.
    Input side packets: PERIOD (int, µs), which overrides the option; OPTIONS (CalculatorOptions), whose
      fields override the graph's.
    Outputs: the kept packets.
    Options: `thinner_type`, `period`, `start_time` and `end_time` in µs, `sync_output_timestamps`.

    Example::

        node {
          calculator: "PacketThinnerCalculator"
          input_stream: "image"
          output_stream: "one_image_a_second"
          node_options { [type.googleapis.com/mediapipe.PacketThinnerCalculatorOptions] { period: 1000000 } }
        }
    """

    packets = Input("", object)
    period = SideInput("PERIOD", int, optional=True)
    given_options = SideInput("OPTIONS", Message, optional=True)
    kept = Output("", object)  # the input's type
    process_bounds = True

    Options = _OPTIONS

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        node.set_output_type("", 0, node.input_type(""))

    def open(self) -> None:
        options = type(self.options)()
        options.CopyFrom(self.options)
        if self.given_options.connected:
            given = extension_of(_OPTIONS, self.given_options.value)
            if given is not None:
                options.MergeFrom(given)
        self._is_sync = options.thinner_type == options.SYNC
        self._at_sync_times = options.sync_output_timestamps
        self._period = self.period.value if self.period.connected else options.period
        if self._period < 1:
            raise ValueError(f"the period is {self._period} µs; expected at least 1")
        default_start = 0 if self._is_sync else MIN
        self._start = options.start_time if options.HasField("start_time") else default_start
        self._end = options.end_time if options.HasField("end_time") else MAX
        if self._start >= self._end:
            raise ValueError(f"start_time {self._start} is not before end_time {self._end}")
        self._next = self._start  # ASYNC: the first timestamp at which a packet is kept again
        self._best: Packet | None = None  # SYNC: the packet to keep of the newest period
        self.kept.set_bound(self._start)

    def process(self) -> None:
        timestamp = self.timestamp
        if timestamp < self._start:
            return
        if timestamp >= self._end:
            self._flush()
            self.kept.close()
        elif self._is_sync:
            self._process_sync()
        elif self.packets.is_empty or timestamp < self._next:
            self.kept.set_bound(timestamp + 1)
        else:
            self.kept.send(self.packets.value)
            self._next = timestamp + self._period
            self.kept.set_bound(self._next)

    def close(self) -> None:
        self._flush()

    def _process_sync(self) -> None:
        packet, best = self.packets.packet, self._best
        if packet is None:
            return
        if best is not None and self._time_of(best.timestamp) == self._time_of(packet.timestamp):
            if self._distance(packet.timestamp) <= self._distance(best.timestamp):
                self._best = packet
            return
        self._flush()
        self._best = packet
        self.kept.set_bound(self._time_of(packet.timestamp) if self._at_sync_times else packet.timestamp)

    def _flush(self) -> None:
        """Sends the packet that was the best of its period."""
        best, self._best = self._best, None
        if best is not None:
            self.kept.send(
                best.value, self._time_of(best.timestamp) if self._at_sync_times else best.timestamp
            )

    def _time_of(self, timestamp: int) -> int:
        """The time at the middle of a timestamp's period."""
        return self._start + (timestamp - self._start + self._period // 2) // self._period * self._period

    def _distance(self, timestamp: int) -> int:
        return abs(timestamp - self._time_of(timestamp))

"""Flow limiter: passes as many frames as the nodes behind it can take."""

from bisect import bisect_right
from collections import deque
from operator import itemgetter
from typing import TYPE_CHECKING

from google.protobuf.message import Message

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import UNSET

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.flow_limiter_calculator_pb2 import FlowLimiterCalculatorOptions


@calculator
class FlowLimiterCalculator(Calculator):
    """Drops frames while enough are under way, so that delay does not build up on live input.

    MediaPipe's node of this name. The first data input holds the frames. A frame is under way from the time
    it is sent until FINISHED reaches its timestamp, with a packet or only with its bound. If more than
    max_in_queue frames wait, the oldest are dropped. Further data inputs pass the packets from the time of a
    frame that was let through to that of the next one dropped, and those before the first frame, and drop the
    rest.

    Inputs: data of any type, one or more; FINISHED, of any type, a back edge from the end of the limited
      part; OPTIONS (FlowLimiterCalculatorOptions, or CalculatorOptions that hold it), whose fields apply from
      then on.
    Input side packets: MAX_IN_FLIGHT (int), which overrides the option; OPTIONS, like the input.
    Outputs: one per data input; ALLOW (bool) for each frame: let through or dropped.
    Options: `max_in_flight`, `max_in_queue`, and `in_flight_timeout` in µs, after which a frame no longer
      counts.

    Example::

        node {
          calculator: "FlowLimiterCalculator"
          input_stream: "camera_image"
          input_stream: "FINISHED:landmarks"
          input_stream_info { tag_index: "FINISHED" back_edge: true }
          output_stream: "image"
        }
    """

    data = Input("", object, repeated=True)
    finished = Input("FINISHED", object)
    new_options = Input("OPTIONS", Message, optional=True)
    given_options = SideInput("OPTIONS", Message, optional=True)
    max_in_flight = SideInput("MAX_IN_FLIGHT", int, optional=True)  # overrides the option
    passed = Output("", object, repeated=True)  # type of the input of the same index
    allow = Output("ALLOW", bool)
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    Options = "mediapipe.FlowLimiterCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        data = [connection for connection in node.inputs if not connection.entry.tag]
        outputs = [connection for connection in node.outputs if not connection.entry.tag]
        if len(data) != len(outputs):
            raise ValueError(f"{len(data)} data inputs but {len(outputs)} outputs; expected as many")
        _check(node.options)
        for index in range(len(data)):
            node.set_output_type("", index, node.input_type("", index))

    def open(self) -> None:
        self._options = type(self.options)()
        self._merge(self.options)
        if self.given_options.connected:
            self._merge(self.given_options.value)
        if self.max_in_flight.connected:
            self._options.max_in_flight = self.max_in_flight.value
            if self.max_in_flight.value < 1:
                raise ValueError(
                    f"side packet MAX_IN_FLIGHT is {self.max_in_flight.value}; expected at least 1"
                )
        self._in_flight: deque[int] = deque()  # timestamps
        self._queue: deque[Packet] = deque()  # frames not let through yet
        # For the further inputs: (timestamp, let through) from that timestamp on.
        self._ranges: deque[tuple[int, bool]] = deque([(UNSET, True)])
        self._companions: list[deque[Packet]] = [deque() for _ in self.data[1:]]

    def _merge(self, given: Message) -> None:
        """Takes over the fields that options set, given as they are or as an extension."""
        name = self._options.DESCRIPTOR.full_name
        found = given if given.DESCRIPTOR.full_name == name else extension_of(name, given)
        if found is not None:
            self._options.MergeFrom(found)
            _check(self._options)

    def process(self) -> None:
        if not self.new_options.is_empty:
            self._merge(self.new_options.value)
        frames, output = self.data[0], self.passed[0]
        finished_bound = self.finished.bound
        if self.finished.packet is not None:
            finished_bound = max(finished_bound, self.finished.packet.timestamp + 1)
        in_flight, queue = self._in_flight, self._queue
        while in_flight and in_flight[0] < finished_bound:
            in_flight.popleft()
        frame = frames.packet
        if frame is not None:
            queue.append(frame)
            timeout = self._options.in_flight_timeout
            while timeout and in_flight and frame.timestamp - in_flight[0] > timeout:
                in_flight.popleft()
        while queue and len(in_flight) < self._options.max_in_flight:
            packet = queue.popleft()
            in_flight.append(packet.timestamp)
            output.send(packet.value, packet.timestamp)
            self._decide(packet.timestamp, True)
        while len(queue) > self._options.max_in_queue:
            self._decide(queue.popleft().timestamp, False)
        bound = self._decided_bound()
        output.set_bound(bound)
        self.allow.set_bound(bound)
        if self._companions:
            self._pass_companions(bound)

    def close(self) -> None:
        # The end of all inputs at once decides what came after the last frame.
        if self._companions:
            self._pass_companions(self._decided_bound())

    def _decided_bound(self) -> int:
        return self._queue[0].timestamp if self._queue else self.data[0].bound

    def _decide(self, timestamp: int, let_through: bool) -> None:
        self.allow.send(let_through, timestamp)
        if self._companions:
            self._ranges.append((timestamp, let_through))

    def _pass_companions(self, decided_bound: int) -> None:
        """Sends or drops the packets of the further inputs whose timestamps are decided."""
        unsettled = decided_bound
        for port, output, waiting in zip(self.data[1:], self.passed[1:], self._companions, strict=True):
            if port.packet is not None:
                waiting.append(port.packet)
            while waiting and waiting[0].timestamp < decided_bound:
                packet = waiting.popleft()
                if self._is_let_through(packet.timestamp):
                    output.send(packet.value, packet.timestamp)
            bound = waiting[0].timestamp if waiting else port.bound
            output.set_bound(bound)
            unsettled = min(unsettled, bound)
        while len(self._ranges) > 1 and self._ranges[1][0] <= unsettled:
            self._ranges.popleft()

    def _is_let_through(self, timestamp: int) -> bool:
        """Whether the range in which a timestamp lies is that of a frame that was let through."""
        place = bisect_right(self._ranges, timestamp, key=itemgetter(0))
        return self._ranges[place - 1][1]


def _check(options: "FlowLimiterCalculatorOptions") -> None:
    if options.max_in_flight < 1 or options.max_in_queue < 0:
        raise ValueError(
            f"max_in_flight is {options.max_in_flight} and max_in_queue is {options.max_in_queue}; "
            "expected at least 1 and 0"
        )

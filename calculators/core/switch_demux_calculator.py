"""Streams → the same streams of the one channel that is chosen."""

from collections import deque

from attention_mesh.calculators.core.switch_channels import ChannelHistory, by_channel
from attention_mesh.framework import (
    ANY_TAG,
    STOP,
    Calculator,
    Input,
    Output,
    SideInput,
    SideOutput,
    calculator,
)
from attention_mesh.framework.timestamps import PRE_STREAM


@calculator
class SwitchDemuxCalculator(Calculator):
    """Sends its inputs on to one of several channels, each a set of outputs like the inputs.

    MediaPipe's node of this name, the front of a SwitchContainer. SELECT or ENABLE says which channel: as a
    stream, from the timestamp of each packet on; as a side packet or option, for the start. Data wait until
    it is known which channel their timestamp belongs to; what still waits at the end is dropped, as is what
    goes to a channel that no output has.

    Inputs: any tags, any types; SELECT (int, from 0), ENABLE (bool: channel 1, else 0). Side packets of any
    other tag go to all channels.
    Outputs: C<channel>__<tag of an input>, with the input's index. Bounds of the chosen channel follow the
    inputs', those of a channel that was left reach the timestamp at which it was.

    Example::

        node {
          calculator: "SwitchDemuxCalculator"
          input_stream: "ENABLE:is_dark"
          input_stream: "IMAGE:image"
          output_stream: "C0__IMAGE:day_image"
          output_stream: "C1__IMAGE:night_image"
        }
    """

    select = Input("SELECT", int, optional=True)
    enable = Input("ENABLE", bool, optional=True)
    data = Input(ANY_TAG, object, optional=True)
    select_run = SideInput("SELECT", int, optional=True)
    enable_run = SideInput("ENABLE", bool, optional=True)
    side_data = SideInput(ANY_TAG, object, optional=True)
    channels = Output(ANY_TAG, object)  # types of the inputs
    side_channels = SideOutput(ANY_TAG, object)
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    Options = "mediapipe.SwitchContainerOptions"

    @classmethod
    def contract(cls, node) -> None:
        if node.options.synchronize_io and node.input_handler == cls.input_handler:
            node.input_handler = "DefaultInputStreamHandler"
        for connections, inputs in ((node.outputs, node.inputs), (node.side_outputs, node.side_inputs)):
            types = {(c.entry.tag, c.entry.index): c.type for c in inputs}
            for (tag, index), outputs in by_channel(connections).items():
                if (tag, index) not in types:
                    raise ValueError(f'a channel has "{tag}:{index}", but there is no such input')
                for connection in outputs.values():
                    connection.type = types[tag, index]

    def open(self) -> None:
        self._history = ChannelHistory(self.options, self.select_run.value, self.enable_run.value, PRE_STREAM)
        outputs = by_channel(self.channels)
        self._ways = [(port, deque(), outputs.get(port.place, {})) for port in self.data]
        side_outputs = by_channel(self.side_channels)
        for port in self.side_data:
            for output in side_outputs.get(port.place, {}).values():
                output.set(port.value)

    def process(self) -> object:
        if not (self._ways or self.select.connected or self.enable.connected):
            return STOP  # a switch of side packets alone
        self._history.read(self.select, self.enable)
        for port, waiting, _ in self._ways:
            if not port.is_empty:
                waiting.append(port.packet)
        # Read after the packets: one that arrives meanwhile holds these bounds at its timestamp.
        known = min(self.select.bound, self.enable.bound)
        intervals = self._history.intervals(known)
        settled = known
        for port, waiting, outputs in self._ways:
            bound = min(known, port.bound)
            for start, end, channel in intervals:
                output = outputs.get(channel)
                while waiting and waiting[0].timestamp < end:
                    packet = waiting.popleft()
                    if output is not None:
                        output.send(packet.value, packet.timestamp)
                if output is not None and bound > start:
                    output.set_bound(min(end, bound))
            settled = min(settled, bound)
        while len(self._history.choices) > 1 and self._history.choices[1][0] <= settled:
            del self._history.choices[0]

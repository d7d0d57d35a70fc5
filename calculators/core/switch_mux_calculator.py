"""The back of a SwitchContainer: the streams of the chosen channel."""

from collections import deque

from attention_mesh.calculators.core.switch_demux_calculator import CONTROL_TAGS, SwitchEnd, by_channel
from attention_mesh.framework import (
    ANY_TAG,
    STOP,
    Input,
    Output,
    SideInput,
    SideOutput,
    calculator,
)
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.packet import Packet


@calculator
class SwitchMuxCalculator(SwitchEnd):
    """Sends on the packets of one of several channels, each a set of inputs like the outputs.

    MediaPipe's node of this name, the back of a SwitchContainer. SELECT or ENABLE says which channel, as for
    SwitchDemuxCalculator. Packets of a channel at timestamps at which it was not chosen are dropped. Before
    the next channel, the node waits for the packets that the last one still owes.

    Inputs: C<channel>__<tag of an output>, of any type, with the output's index; SELECT (int, from 0), ENABLE
      (bool: channel 1, else 0).
    Input side packets: the same; the choice at the start decides which of them is passed on.
    Outputs: any tags. Their bounds follow the chosen channel's.
    Output side packets: any tags, those of the channel that is chosen at the start.
    Options: `select` or `enable`.

    Example::

        node {
          calculator: "SwitchMuxCalculator"
          input_stream: "ENABLE:is_dark"
          input_stream: "C0__MASK:day_mask"
          input_stream: "C1__MASK:night_mask"
          output_stream: "MASK:mask"
        }
    """

    channels = Input(ANY_TAG, object, optional=True)
    side_channels = SideInput(ANY_TAG, object, optional=True)
    data = Output(ANY_TAG, object)  # the inputs' type, if the channels have the same
    side_data = SideOutput(ANY_TAG, object)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        for connections, outputs in ((node.inputs, node.outputs), (node.side_inputs, node.side_outputs)):
            types: dict[tuple[str, int], set[type]] = {}
            inputs = [c for c in connections if c.entry.tag not in CONTROL_TAGS]
            for place, channels in by_channel(inputs).items():
                types[place] = {connection.type for connection in channels.values()}
            for connection in outputs:
                found = types.get((connection.entry.tag, connection.entry.index), set())
                if not found:
                    raise ValueError(f'no channel has an input for the output "{connection.entry.port}"')
                if len(found) == 1:
                    connection.type = found.pop()

    def open(self) -> None:
        super().open()
        inputs = by_channel(self.channels)
        self._waiting: dict[tuple[str, int], deque[Packet]] = {port.place: deque() for port in self.channels}
        self._ways = [(output, inputs[output.place]) for output in self.data]
        side_inputs = by_channel(self.side_channels)
        for output in self.side_data:
            channels = side_inputs[output.place]
            if self._history.channel not in channels:
                raise ValueError(f"channel {self._history.channel} is chosen, but there are {len(channels)}")
            output.set(channels[self._history.channel].value)

    def process(self) -> object:
        if not (self.channels or self.select.connected or self.enable.connected):
            return STOP  # a switch of side packets alone
        self._history.read(self.select, self.enable)
        for port in self.channels:
            if port.packet is not None:
                self._waiting[port.place].append(port.packet)
        # Read after the packets: one that arrives meanwhile holds these bounds at its timestamp.
        known = min(self.select.bound, self.enable.bound)
        bounds = {port.place: port.bound for port in self.channels}
        for start, end, channel in self._history.intervals(known):
            settled = end
            for output, channels in self._ways:
                bound = end
                if channel in channels:
                    waiting = self._waiting[channels[channel].place]
                    while waiting and waiting[0].timestamp < end:
                        packet = waiting.popleft()
                        if packet.timestamp >= start:
                            output.send(packet.value, packet.timestamp)
                    bound = min(end, bounds[channels[channel].place])
                if bound > start:
                    output.set_bound(bound)
                settled = min(settled, bound)
            if settled < end or len(self._history.choices) == 1:
                return None
            del self._history.choices[0]
            for waiting in self._waiting.values():
                while waiting and waiting[0].timestamp < end:
                    waiting.popleft()
        return None

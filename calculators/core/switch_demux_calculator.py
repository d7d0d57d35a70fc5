"""The front of a SwitchContainer, with the channel tags and the choice of a channel that the back shares."""

import re
from collections import deque
from typing import Any

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
from attention_mesh.framework.bound_ports import BoundInput, BoundOutput
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import PRE_STREAM

CONTROL_TAGS = ("SELECT", "ENABLE")
_CHANNEL_TAG = re.compile(r"C(\d+)__(.*)")


def channel_tag(tag: str, channel: int) -> str:
    """The tag of a port in one channel: ``IMAGE`` of channel 1 is ``C1__IMAGE``."""
    return f"C{channel}__{tag}"


def by_channel(ports: list[Any]) -> dict[tuple[str, int], dict[int, Any]]:
    """Sorts ports by their place in the container.

    Args:
      ports: ports of a running node, or connections of a contract.

    Returns:
      (tag, index) in the container -> channel -> port.

    Raises:
      ValueError: a tag belongs to no channel.
    """
    found: dict[tuple[str, int], dict[int, Any]] = {}
    for port in ports:
        tag, index = port.place if hasattr(port, "place") else port.entry[:2]
        match = _CHANNEL_TAG.fullmatch(tag)
        if match is None:
            raise ValueError(f'port "{tag}:{index}" belongs to no channel; expected a tag such as C0__{tag}')
        found.setdefault((match[2], index), {})[int(match[1])] = port
    return found


class ChannelHistory:
    """The channels that were chosen, and from which timestamps on.

    Attributes:
      choices: (first timestamp, channel) pairs, oldest first; each holds until the next one.
      channel: the last of these channels.
    """

    def __init__(self, options: Any, select_run: Any, enable_run: Any, start: int):
        """`select_run` and `enable_run` are the values of side packets, or None; `start` a timestamp."""
        channel = options.select
        if options.HasField("enable"):
            channel = int(options.enable)
        if enable_run is not None:
            channel = int(bool(enable_run))
        if select_run is not None:
            channel = int(select_run)
        self.choices = [(start, channel)]

    @property
    def channel(self) -> int:
        return self.choices[-1][1]

    def read(self, select: Any, enable: Any) -> None:
        """Takes a choice from the packets of the inputs SELECT and ENABLE, if they have one now."""
        for port in (select, enable):
            if port.packet is not None:
                channel = int(port.value)
                if channel != self.channel:
                    self.choices.append((port.packet.timestamp, channel))

    def intervals(self, end: int) -> list[tuple[int, int, int]]:
        """(first timestamp, timestamp past the last, channel) of each choice; the last ends at `end`."""
        ends = [start for start, _ in self.choices[1:]] + [end]
        return [(start, past, channel) for (start, channel), past in zip(self.choices, ends, strict=True)]


class SwitchEnd(Calculator):
    """Base class of the front and the back of a SwitchContainer: the choice of the channel."""

    select = Input("SELECT", int, optional=True)
    enable = Input("ENABLE", bool, optional=True)
    select_run = SideInput("SELECT", int, optional=True)
    enable_run = SideInput("ENABLE", bool, optional=True)
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    Options = "mediapipe.SwitchContainerOptions"

    def open(self) -> None:
        self._history = ChannelHistory(self.options, self.select_run.value, self.enable_run.value, PRE_STREAM)


@calculator
class SwitchDemuxCalculator(SwitchEnd):
    """Sends its inputs on to one of several channels, each a set of outputs like the inputs.

    MediaPipe's node of this name, the front of a SwitchContainer. SELECT or ENABLE says which channel: as a
    stream, from the timestamp of each packet on; as a side packet or option, for the start. Data wait until
    their channel is known. Data that still wait at the end are dropped, and so are those of a channel without
    an output.

    Inputs: any tags, any types; SELECT (int, from 0), ENABLE (bool: channel 1, else 0).
    Input side packets: SELECT, ENABLE; those with any other tag go to all channels.
    Outputs: C<channel>__<tag of an input>, with the input's index. The bounds of the chosen channel follow
      the inputs'; those of a channel reach the timestamp at which it was left.
    Output side packets: the same for the side packets that go to the channels.
    Options: `select` or `enable`, and `synchronize_io`, with which inputs wait for one another.

    Example::

        node {
          calculator: "SwitchDemuxCalculator"
          input_stream: "ENABLE:is_dark"
          input_stream: "IMAGE:image"
          output_stream: "C0__IMAGE:day_image"
          output_stream: "C1__IMAGE:night_image"
        }
    """

    data = Input(ANY_TAG, object, optional=True)
    side_data = SideInput(ANY_TAG, object, optional=True)
    channels = Output(ANY_TAG, object)  # types of the inputs
    side_channels = SideOutput(ANY_TAG, object)

    @classmethod
    def contract(cls, node: NodeContract) -> None:
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
        super().open()
        outputs = by_channel(self.channels)
        self._ways: list[tuple[BoundInput, deque[Packet], dict[int, BoundOutput]]] = [
            (port, deque(), outputs.get(port.place, {})) for port in self.data
        ]
        side_outputs = by_channel(self.side_channels)
        for port in self.side_data:
            for output in side_outputs.get(port.place, {}).values():
                output.set(port.value)

    def process(self) -> object:
        if not (self._ways or self.select.connected or self.enable.connected):
            return STOP  # a switch of side packets alone
        self._history.read(self.select, self.enable)
        for port, waiting, _ in self._ways:
            if port.packet is not None:
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
        return None

"""What the two ends of a SwitchContainer share: the tags of its channels and which channel is chosen."""

import re
from typing import Any

CONTROL_TAGS = ("SELECT", "ENABLE")
_CHANNEL_TAG = re.compile(r"C(\d+)__(.*)")


def channel_tag(tag: str, channel: int) -> str:
    """The tag of a port in one channel: ``IMAGE`` of channel 1 is ``C1__IMAGE``."""
    return f"C{channel}__{tag}"


def by_channel(ports: list[Any]) -> dict[tuple[str, int], dict[int, Any]]:
    """Ports sorted by what they are in the container: (tag, index) → channel → port.

    Args:
      ports: ports of a running node, or connections of a contract.

    Raises ValueError for a tag that is not of a channel.
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
    """Which channel is chosen at which timestamps.

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
            if not port.is_empty:
                channel = int(port.value)
                if channel != self.channel:
                    self.choices.append((port.packet.timestamp, channel))

    def intervals(self, end: int) -> list[tuple[int, int, int]]:
        """(first timestamp, timestamp past the last, channel) of each choice; the last ends at `end`."""
        ends = [start for start, _ in self.choices[1:]] + [end]
        return [(start, past, channel) for (start, channel), past in zip(self.choices, ends, strict=True)]

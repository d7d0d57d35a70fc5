"""Packet: the unit that travels in a stream."""

from typing import Any

from attention_mesh.framework.timestamps import UNSET, describe


class Packet:
    """A value at a timestamp. All readers share the value, so that none of them may write to it.

    Attributes:
      value: the payload, any Python object.
      timestamp: int microseconds; `timestamps.UNSET` for a packet that is not in a stream yet.
    """

    __slots__ = ("value", "timestamp")

    def __init__(self, value: Any, timestamp: int = UNSET):
        self.value = value
        self.timestamp = timestamp

    def at(self, timestamp: int) -> "Packet":
        """The same value at another timestamp; the value is not copied."""
        return Packet(self.value, timestamp)

    def __repr__(self) -> str:
        return f"Packet({type(self.value).__name__} @ {describe(self.timestamp)})"

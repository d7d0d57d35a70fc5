"""A value with a timestamp, as MediaPipe's Python programs handle it."""

from __future__ import annotations

from typing import Any

from attention_mesh.framework import timestamps
from attention_mesh.python_bindings.mediapipe_api.packet_types import name_of_value
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp


class Packet:
    """What goes into a `CalculatorGraph` and comes out of it; the value is shared, nobody writes to it.

    Programs make packets with `packet_creator` and read them with `packet_getter`; `value` is for payloads
    that these do not know, such as the arrays of this package's own graphs.

    Args:
      packet: a packet to copy; without one the packet is empty.
    """

    __slots__ = ("_value", "_type", "_timestamp")

    def __init__(self, packet: Packet | None = None):
        if packet is not None and not isinstance(packet, Packet):
            raise TypeError(f"a Packet is copied from a Packet, not from {packet!r}; see packet_creator")
        self._value: Any = None if packet is None else packet._value
        self._type: str = "" if packet is None else packet._type
        self._timestamp: int = timestamps.UNSET if packet is None else packet._timestamp

    @classmethod
    def of(cls, value: Any, type_name: str = "", timestamp: int = timestamps.UNSET) -> Packet:
        """A packet of any value. This package's own: MediaPipe has the functions of `packet_creator` only.

        Args:
          value: the payload; None makes an empty packet.
          type_name: MediaPipe's name of its type, where it is known: getters of other types refuse it then.
          timestamp: microseconds.
        """
        packet = cls.__new__(cls)
        packet._value, packet._type, packet._timestamp = value, type_name, int(timestamp)
        return packet

    @property
    def value(self) -> Any:
        """The payload; None in an empty packet."""
        return self._value

    @property
    def known_type(self) -> str:
        """MediaPipe's name of the payload's type, "" where the value only tells it."""
        return self._type

    @property
    def type_name(self) -> str:
        """MediaPipe's name of the payload's type, guessed from the value where it is not known."""
        return self._type or name_of_value(self._value)

    @property
    def timestamp(self) -> Timestamp:
        return Timestamp(self._timestamp)

    @timestamp.setter
    def timestamp(self, timestamp: int | Timestamp) -> None:
        self._timestamp = Timestamp(timestamp).value

    def at(self, timestamp: int | Timestamp) -> Packet:
        """The same payload at another time."""
        return Packet.of(self._value, self._type, Timestamp(timestamp).value)

    def is_empty(self) -> bool:
        """Whether it has no payload: it tells then that nothing came at its time."""
        return self._value is None

    def __repr__(self) -> str:
        content = "no data" if self._value is None else f"C++ type: {self.type_name}"
        return f"<mediapipe.Packet with timestamp: {self.timestamp.text} and {content}>"

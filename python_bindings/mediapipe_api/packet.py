"""Packet: a value with a timestamp, with the interface that MediaPipe's Python programs expect."""

from __future__ import annotations

from typing import Any

from attention_mesh.framework import timestamps
from attention_mesh.python_bindings.mediapipe_api.packet_types import name_of_value
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp


class Packet:
    """An input or output of a `CalculatorGraph`. All readers share the value, and nobody writes to it.

    Programs make packets with `packet_creator` and read them with `packet_getter`. `value` is for payloads
    that these do not know, such as the arrays of this package's own graphs.

    Args:
      packet: a packet to copy; None makes an empty packet.
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
        """Makes a packet of any value. MediaPipe has no such method.

        Args:
          value: the payload; None makes an empty packet.
          type_name: MediaPipe's name of its type, or "" if it is unknown. Getters of other types refuse the
            packet.
          timestamp: in microseconds.
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
        """MediaPipe's name of the payload's type; "" if only the value shows it."""
        return self._type

    @property
    def type_name(self) -> str:
        """MediaPipe's name of the payload's type, guessed from the value if it is unknown."""
        return self._type or name_of_value(self._value)

    @property
    def timestamp(self) -> Timestamp:
        return Timestamp(self._timestamp)

    @timestamp.setter
    def timestamp(self, timestamp: int | Timestamp) -> None:
        self._timestamp = Timestamp(timestamp).value

    def at(self, timestamp: int | Timestamp) -> Packet:
        """Returns the same payload at another time."""
        return Packet.of(self._value, self._type, Timestamp(timestamp).value)

    def is_empty(self) -> bool:
        """Whether it has no payload, and so says that nothing came at its time."""
        return self._value is None

    def __repr__(self) -> str:
        content = "no data" if self._value is None else f"C++ type: {self.type_name}"
        return f"<mediapipe.Packet with timestamp: {self.timestamp.text} and {content}>"

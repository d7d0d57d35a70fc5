"""Live ports, which replace the declared ports on a calculator's instance during a run."""

from typing import Generic, Protocol, TypeVar

from attention_mesh.framework.errors import TimestampError
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import (
    DONE,
    PRE_STREAM,
    UNSET,
    UNSTARTED,
    describe,
    is_allowed_in_stream,
    next_allowed,
    whole_microseconds,
)

T = TypeVar("T")


class _Queue(Protocol):
    def known_bound(self) -> int: ...


class _Sender(Protocol):
    timestamp: int


class _Program:
    """The sender of what comes into the graph, which gives a timestamp with each value."""

    timestamp = UNSET


_PROGRAM = _Program()


class BoundInput(Generic[T]):
    """An input during a run. `process` sees the packet of the current timestamp, if there is one.

    Attributes:
      place: (tag, index).
      packet: the current Packet, or None.
      connected: whether the graph feeds this port at all.
      bound: smallest timestamp that a later packet of this stream can have.
    """

    __slots__ = ("name", "place", "packet", "connected", "stream")

    def __init__(self, name: str = "", connected: bool = False) -> None:
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.packet: Packet | None = None
        self.stream: _Queue | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no packet at the current timestamp."""
        return self.packet is None

    @property
    def value(self) -> T:
        """The payload at the current timestamp.

        It is None if there is no packet, which the declared type leaves out: a calculator asks `is_empty`
        before it reads an input that may have none.
        """
        packet = self.packet
        return None if packet is None else packet.value  # type: ignore[return-value]  # see the docstring

    @property
    def bound(self) -> int:
        return DONE if self.stream is None else self.stream.known_bound()


class BoundOutput(Generic[T]):
    """An output during a run. Packets leave the node when `open`, `process` or `close` returns.

    Attributes:
      place: (tag, index).
      connected: whether the graph names this port at all.
      bound: smallest timestamp that the next packet may have.
    """

    __slots__ = ("name", "place", "connected", "node", "bound", "pending")

    def __init__(self, name: str = "", connected: bool = False) -> None:
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.node: _Sender = _PROGRAM
        self.bound = PRE_STREAM
        self.pending: list[Packet] = []

    def send(self, value: T, timestamp: int | None = None) -> None:
        """Sends a value at `timestamp` (default: the timestamp being processed).

        Raises:
          TimestampError: the timestamp lies below the stream's bound, or no packet can have it.
          TypeError: the timestamp is not an int.
        """
        if timestamp is None:
            timestamp = self.node.timestamp
        elif type(timestamp) is not int:
            timestamp = whole_microseconds(timestamp, f'stream "{self.name}"')
        if timestamp < self.bound or not PRE_STREAM <= timestamp < DONE - 1:
            self._refuse(timestamp)
        self.bound = timestamp + 1 if PRE_STREAM < timestamp < DONE - 3 else next_allowed(timestamp)
        self.pending.append(Packet(value, timestamp))

    def set_bound(self, timestamp: int) -> None:
        """Promises that no packet before `timestamp` follows. A bound that is already past it stays."""
        if type(timestamp) is not int:
            timestamp = whole_microseconds(timestamp, f'stream "{self.name}"')
        if timestamp > self.bound:
            self.bound = min(timestamp, DONE)

    def close(self) -> None:
        """Promises that no packet follows at all."""
        self.bound = DONE

    def _refuse(self, timestamp: int) -> None:
        if timestamp in (UNSET, UNSTARTED) and self.node is not _PROGRAM:
            raise TimestampError(
                f'stream "{self.name}": there is no timestamp outside a process() that has '
                "inputs; give one: send(value, timestamp)"
            )
        if self.bound == DONE:
            raise TimestampError(f'stream "{self.name}" is closed; nothing can follow')
        if not is_allowed_in_stream(timestamp):
            raise TimestampError(
                f'stream "{self.name}": no packet in a stream can have the timestamp {describe(timestamp)}'
            )
        raise TimestampError(
            f'Packet timestamp mismatch on stream "{self.name}". Current minimum expected timestamp is '
            f"{describe(self.bound)} but received {describe(timestamp)}."
        )


class BoundSideInput(Generic[T]):
    """A side packet that a node reads.

    Attributes:
      connected: whether the value was given: the graph names the port, and something came for it.
      value: the value; if not connected the port's default, which is None unless it is declared. The declared
        type leaves None out.
    """

    __slots__ = ("name", "place", "connected", "value")

    def __init__(self, name: str = "", connected: bool = False) -> None:
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: T = None  # type: ignore[assignment]  # until `open`; then only if not connected


class BoundSideOutput(Generic[T]):
    """A side packet that a node makes, in `open`."""

    __slots__ = ("name", "place", "connected", "value", "is_set")

    def __init__(self, name: str = "", connected: bool = False) -> None:
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: T | None = None
        self.is_set = False

    def set(self, value: T) -> None:
        """Makes `value` the side packet."""
        self.value = value
        self.is_set = True

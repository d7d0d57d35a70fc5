"""Live ports: what stands on a calculator's instance during a run, under the names of its declared ports."""

from typing import Any, Generic, TypeVar

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


class BoundInput(Generic[T]):
    """An input during a run. `process` sees the packet of the current timestamp, if there is one.

    Attributes:
      place: (tag, index).
      packet: the current Packet, or None.
      connected: whether the graph feeds this port at all.
      bound: smallest timestamp that a later packet of this stream can have.
    """

    __slots__ = ("name", "place", "packet", "connected", "stream")

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.packet: Packet | None = None
        self.stream = None

    @property
    def is_empty(self) -> bool:
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
        if self.stream is None:
            return DONE
        bound = self.stream.visible_bound()
        return bound if self.stream.back_edge else max(bound, self.stream.scheduler.swept)


class BoundOutput(Generic[T]):
    """An output during a run; what is sent leaves the node when `open`, `process` or `close` returns.

    Attributes:
      place: (tag, index).
      connected: whether the graph names this port at all.
      bound: smallest timestamp that the next packet may have.
    """

    __slots__ = (
        "name",
        "place",
        "connected",
        "node",
        "bound",
        "propagated",
        "pending",
        "mirrors",
        "observers",
        "region",
    )

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.node = None
        self.mirrors: tuple = ()
        # Functions told of every packet as it leaves the node, where that is on the caller's thread.
        self.observers: tuple = ()
        self.region: Any = None
        self.reset()

    def reset(self) -> None:
        """Back to the state before a run."""
        self.bound = PRE_STREAM
        self.propagated = PRE_STREAM
        self.pending: list[Packet] = []

    def send(self, value: T, timestamp: int | None = None) -> None:
        """Sends a value at `timestamp` (default: the timestamp being processed).

        Raises TimestampError when the timestamp lies below the stream's bound or is none that a
        packet can have, TypeError when it is no int.
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
        """Promises that no packet before `timestamp` follows. A bound that is past it already stays."""
        if type(timestamp) is not int:
            timestamp = whole_microseconds(timestamp, f'stream "{self.name}"')
        if timestamp > self.bound:
            self.bound = min(timestamp, DONE)

    def close(self) -> None:
        """Promises that no packet follows at all."""
        self.bound = DONE

    def _refuse(self, timestamp: int) -> None:
        if timestamp in (UNSET, UNSTARTED) and self.node is not None:
            raise TimestampError(
                f'stream "{self.name}": there is no timestamp to send at, outside of a process() that has '
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
      connected: whether there is a value: the graph names the port, and something was given for it.
      value: the value; None if not connected, which the declared type leaves out.
    """

    __slots__ = ("name", "place", "connected", "value")

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: T = None  # type: ignore[assignment]  # until `open`; then only if not connected


class BoundSideOutput(Generic[T]):
    """A side packet a node makes, in `open`."""

    __slots__ = ("name", "place", "connected", "value", "is_set")

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: T | None = None
        self.is_set = False

    def set(self, value: T) -> None:
        self.value = value
        self.is_set = True

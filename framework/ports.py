"""What a calculator declares: its inputs, outputs and side packets, as class attributes.

On the class a port is a declaration; on the instance, under the same name, stands its runtime twin
(`BoundInput` …), or a list of those for a repeated port.
"""

from typing import Any

from attention_mesh.framework.errors import TimestampError
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.port_types import plain_type, type_name
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

ANY_TAG = "*"


class _Port:
    """A declared port.

    Args:
      tag: upper-case name used in the pbtxt before the colon, or "" for a port without tag; `ANY_TAG` for
        every tag that no other port has: such a port is a list, whose items' `place` says which they are.
      type: class of the values, a union of classes, or `list[X]` (taken as list); `object` for any.
      optional: whether a node may leave it unconnected (outputs always may).
      repeated: whether it takes indices TAG:0, TAG:1, …
    """

    def __init__(self, tag: str = "", type: type = object, *, optional: bool = False, repeated: bool = False):
        self.tag = tag
        self.type = plain_type(type)
        self.optional = optional
        self.repeated = repeated or tag == ANY_TAG
        self.attribute = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.tag!r}, {type_name(self.type)})"


class Input(_Port):
    """A declared input stream."""


class Output(_Port):
    """A declared output stream."""


class SideInput(_Port):
    """A declared input side packet: one value for the whole run."""


class SideOutput(_Port):
    """A declared output side packet, set in `open`.

    Args:
      late: set in `process` or `close` instead, or not at all: for the program to read once the run is over
        (`CalculatorGraph.side_packet`). No other node can take it.
    """

    def __init__(self, tag: str = "", type: type = object, *, late: bool = False, **arguments: bool):
        super().__init__(tag, type, **arguments)
        self.late = late


class BoundInput:
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
    def value(self) -> Any:
        """The payload at the current timestamp, or None when there is no packet."""
        packet = self.packet
        return None if packet is None else packet.value

    @property
    def bound(self) -> int:
        if self.stream is None:
            return DONE
        bound = self.stream.visible_bound()
        return bound if self.stream.back_edge else max(bound, self.stream.scheduler.swept)


class BoundOutput:
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

    def send(self, value: Any, timestamp: int | None = None) -> None:
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


class BoundSideInput:
    """A side packet a node reads; `value` is None where it is not connected."""

    __slots__ = ("name", "place", "connected", "value")

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: Any = None


class BoundSideOutput:
    """A side packet a node makes, in `open`."""

    __slots__ = ("name", "place", "connected", "value", "is_set")

    def __init__(self, name: str = "", connected: bool = False):
        self.name = name
        self.place = ("", 0)
        self.connected = connected
        self.value: Any = None
        self.is_set = False

    def set(self, value: Any) -> None:
        self.value = value
        self.is_set = True


BOUND_TYPES = {Input: BoundInput, Output: BoundOutput, SideInput: BoundSideInput, SideOutput: BoundSideOutput}

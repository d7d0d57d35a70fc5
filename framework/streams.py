"""A run's streams: where each begins, the queues at its ends, and the parts of a graph that lie quiet."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from attention_mesh.framework.bound_ports import BoundInput, BoundOutput
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import PRE_STREAM

UNOPENED, OPEN, CLOSED = range(3)


class Feed(Protocol):
    """A source or graph input. `throttled` is the number of full queues that hold it back."""

    throttled: int


class StreamReader(Protocol):
    """The part of a node that a quiet region looks at."""

    @property
    def state(self) -> int: ...
    @property
    def queued(self) -> bool: ...
    @property
    def running(self) -> bool: ...
    @property
    def streams(self) -> "tuple[InputStream[Any], ...]": ...


Node = TypeVar("Node", bound=StreamReader)
"""The class of a run's nodes, which is a parameter here because its module imports this one."""


class RunBound:
    """A bound of all streams of a run except back edges; their own may lie behind it (see `FrameSweep`)."""

    __slots__ = ("timestamp",)

    def __init__(self) -> None:
        self.timestamp = PRE_STREAM


class InputStream(Generic[Node]):
    """Packets that wait at one input of one node.

    Attributes:
      name: the stream's.
      queue: Packets, oldest first.
      bound: smallest timestamp that a packet yet to come can have.
      node: the node whose input it is.
      port: the input itself.
      back_edge: whether the stream closes a cycle.
      limit: length at which whoever feeds the stream is held back; 0 for no limit.
      is_full: whether the feeds count it as full.
      feeds: the sources and graph inputs from which packets get here.
      producer: the output that fills it.
      run_bound: the bound that all streams of the run share.
      resume: called with a feed that nothing holds back any more.
    """

    __slots__ = (
        "name",
        "queue",
        "bound",
        "node",
        "port",
        "back_edge",
        "limit",
        "is_full",
        "feeds",
        "producer",
        "run_bound",
        "resume",
    )

    run_bound: RunBound
    resume: Callable[[Feed], None]

    def __init__(self, name: str, node: Node, port: BoundInput[Any], back_edge: bool, limit: int) -> None:
        self.name = name
        self.queue: deque[Packet] = deque()
        self.bound = PRE_STREAM
        self.node = node
        self.port = port
        self.back_edge = back_edge
        self.limit = limit
        self.is_full = False
        self.feeds: list[Feed] = []
        self.producer: StreamStart[Node] | None = None
        port.stream = self

    def pop(self) -> None:
        """Hands the oldest packet to the port."""
        self.port.packet = self.queue.popleft()
        if self.is_full:
            self.release()

    def release(self) -> None:
        """Lets the feeds go on, if the queue is below its limit again."""
        if self.is_full and len(self.queue) < self.limit:
            self.is_full = False
            for feed in self.feeds:
                feed.throttled -= 1
                if not feed.throttled:
                    self.resume(feed)

    def hold_back(self) -> None:
        """Stops the feeds, because the queue has reached its limit."""
        if not self.is_full:
            self.is_full = True
            for feed in self.feeds:
                feed.throttled += 1

    def close(self) -> None:
        """Drops what waits, takes no more, and lets go of the feeds: its node is closed."""
        self.queue.clear()
        self.release()
        if self.producer is not None:
            self.producer.mirrors = tuple(s for s in self.producer.mirrors if s is not self)

    def visible_bound(self) -> int:
        """The timestamp of the oldest waiting packet; the bound if none waits.

        A calculator may ask while another thread adds a packet and then moves the bound. The bound is
        read first, so that it never lies past a packet that was not seen.
        """
        bound = self.bound
        return self.queue[0].timestamp if self.queue else bound

    def known_bound(self) -> int:
        """The visible bound, with what the run as a whole has settled."""
        bound = self.visible_bound()
        return bound if self.back_edge else max(bound, self.run_bound.timestamp)


class StreamStart(BoundOutput[Any], Generic[Node]):
    """An output of a node or an input of the graph, with what the engine knows of the stream behind it.

    Attributes:
      mirrors: the queues of all who read the stream.
      observers: functions that get the packets as they leave the node, if that is on the caller's thread.
      propagated: the bound that the readers know of.
      region: the nodes that only this output feeds, if they can lie quiet.
    """

    __slots__ = ("mirrors", "observers", "propagated", "region")

    def __init__(self, name: str = "", connected: bool = False) -> None:
        super().__init__(name, connected)
        self.mirrors: tuple[InputStream[Node], ...] = ()
        self.observers: tuple[Callable[[list[Packet]], None], ...] = ()
        self.propagated = PRE_STREAM
        self.region: QuietRegion[Node] | None = None


class QuietRegion(Generic[Node]):
    """The nodes that get packets from one output only, directly or through one another.

    All of them just hand bounds on. While no packet is among them, a bound that leaves the output holds at
    once for every stream that leaves the region. The bounds inside stay behind until the next packet. A face
    detector that rests while faces are tracked is such a region: dozens of streams, which then cost nothing
    per frame.

    Attributes:
      nodes: in topological order.
      exits: the streams that leave the region, those from the output to other nodes included.
      quiet: known to hold no packet. Whoever sends a packet on the output sets it to False.
    """

    __slots__ = ("nodes", "exits", "quiet")

    def __init__(self, nodes: Sequence[Node], exits: tuple[InputStream[Node], ...]) -> None:
        self.nodes = nodes
        self.exits = exits
        self.quiet = False

    def is_quiet(self) -> bool:
        """Whether every node of the region is open and has nothing to do."""
        if not self.quiet:
            self.quiet = all(
                node.state == OPEN
                and not node.queued
                and not node.running
                and not any(stream.queue for stream in node.streams)
                for node in self.nodes
            )
        return self.quiet

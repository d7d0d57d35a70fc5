"""The queue between a stream's producer and one of its consumers."""

from collections import deque

from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import PRE_STREAM


class InputStream:
    """Packets that wait at one input of one node.

    Attributes:
      queue: Packets, oldest first.
      bound: smallest timestamp that a packet yet to come can have.
      limit: length at which whoever feeds the stream is held back; 0 for no limit.
      is_full: whether it is counted as full, by the feeds it holds back.
      feeds: the sources and graph inputs from which packets get here.
      producer: the output that fills it.
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
        "scheduler",
        "producer",
    )

    def __init__(self, name: str, node, port, back_edge: bool, limit: int):
        self.name = name
        self.queue: deque[Packet] = deque()
        self.bound = PRE_STREAM
        self.node = node
        self.port = port
        self.back_edge = back_edge
        self.limit = limit
        self.is_full = False
        self.feeds: list = []
        self.scheduler = None
        self.producer = None
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
                    self.scheduler.resume(feed)

    def hold_back(self) -> None:
        """Stops the feeds, since the queue has reached its limit."""
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
        """The timestamp of the oldest waiting packet, or the bound.

        A calculator may ask while another thread adds a packet and then moves the bound: the bound is
        read first, so that it never lies past a packet that was not seen.
        """
        bound = self.bound
        return self.queue[0].timestamp if self.queue else bound

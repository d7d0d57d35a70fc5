from collections import deque

from attention_mesh.framework import Packet
from attention_mesh.framework.bound_ports import BoundInput
from attention_mesh.framework.streams import InputStream
from attention_mesh.framework.timestamps import PRE_STREAM


class ArrivingQueue(deque):
    """A queue to which another thread adds a packet just after a look found it empty."""

    stream = None

    def __bool__(self):
        found = len(self) > 0
        if self.stream is not None:
            stream, self.stream = self.stream, None
            stream.queue.append(Packet("late", 5))
            stream.bound = 6
        return found


def new_stream() -> InputStream:
    return InputStream("s", None, BoundInput("s", True), False, 3)


def test_visible_bound_is_that_of_the_oldest_packet_or_else_of_the_stream():
    stream = new_stream()
    assert stream.visible_bound() == PRE_STREAM
    stream.bound = 9
    assert stream.visible_bound() == 9
    stream.queue.extend([Packet("a", 3), Packet("b", 8)])
    assert stream.visible_bound() == 3


def test_visible_bound_never_passes_a_packet_that_arrives_while_it_is_asked_for():
    stream = new_stream()
    stream.bound = 5
    stream.queue = ArrivingQueue()
    stream.queue.stream = stream
    assert stream.visible_bound() == 5
    assert stream.visible_bound() == 5


class Feed:
    throttled = 0


def test_feed_is_held_back_until_every_full_queue_has_room_again():
    feed, resumed = Feed(), []
    streams = [new_stream(), new_stream()]
    for stream in streams:
        stream.feeds, stream.resume = [feed], resumed.append
        stream.queue.extend(Packet(t, t) for t in range(3))
        stream.hold_back()
        stream.hold_back()
    assert feed.throttled == 2
    streams[0].pop()
    assert (feed.throttled, resumed) == (1, [])
    streams[1].pop()
    assert (feed.throttled, resumed) == (0, [feed])


def test_queue_of_a_closed_node_is_empty_and_gets_nothing_more():
    class Producer:
        mirrors = ()

    feed, stream, other = Feed(), new_stream(), new_stream()
    stream.producer = Producer()
    stream.producer.mirrors = (stream, other)
    stream.feeds, stream.resume = [feed], [].append
    stream.queue.extend(Packet(t, t) for t in range(3))
    stream.hold_back()
    stream.close()
    assert not stream.queue
    assert feed.throttled == 0
    assert stream.producer.mirrors == (other,)

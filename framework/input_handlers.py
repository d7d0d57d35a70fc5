"""When a node runs: policies that bring the packets of several inputs together.

`poll` looks at the node's queues. Where the node can run it hands the packets to the ports, sets the
node's timestamp and returns PROCESS; else CLOSE when nothing can come any more, else WAIT, after it
has put into `settled` the smallest timestamp at which any packet can still arrive.
"""

from typing import Any

from attention_mesh.framework.options import extension_of
from attention_mesh.framework.tags import parse_tag_index
from attention_mesh.framework.timestamps import DONE, PRE_STREAM, UNSET, next_allowed

WAIT, PROCESS, CLOSE = range(3)


class DefaultInputHandler:
    """Runs at the smallest timestamp at which every input is settled: by a packet, or a bound past it."""

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        """Raises ValueError when `options` do not fit a node whose inputs are `places`, (tag, index) each."""

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        self.streams = streams
        self.calculator = calculator
        self.settled = PRE_STREAM
        self.process_bounds = calculator.process_bounds
        self.last_processed = PRE_STREAM - 1
        # The one stream without which the node cannot go on; news of others then need no poll.
        self.blocker: Any = None

    def poll(self) -> int:
        earliest = settled = DONE
        self.blocker = None
        for stream in self.streams:
            queue = stream.queue
            if queue:
                timestamp = queue[0].timestamp
                if timestamp < earliest:
                    earliest = timestamp
            elif stream.bound < settled:
                settled = stream.bound
                self.blocker = stream
        if earliest < settled:
            self.blocker = None
            for stream in self.streams:
                queue = stream.queue
                if queue and queue[0].timestamp == earliest:
                    stream.port.packet = queue.popleft()
                    if stream.is_full:
                        stream.release()
                else:
                    stream.port.packet = None
            self.calculator.timestamp = self.last_processed = earliest
            self.settled = earliest + 1
            return PROCESS
        return self.poll_bounds(settled)

    def poll_bounds(self, settled: int) -> int:
        """What to do where no packet can be processed and all inputs are settled before `settled`."""
        self.settled = settled
        if settled == DONE:
            return CLOSE
        if self.process_bounds and settled - 1 > self.last_processed and settled > PRE_STREAM:
            self.blocker = None
            for stream in self.streams:
                stream.port.packet = None
            self.calculator.timestamp = self.last_processed = settled - 1
            return PROCESS
        return WAIT

    def may_have_more(self, timestamp: int) -> bool:
        """Whether polling again, right after `timestamp` was processed, can give anything but WAIT."""
        after = timestamp + 1
        for stream in self.streams:
            if not stream.queue and stream.bound <= after:
                self.blocker = stream
                return False
        return True


class ImmediateInputHandler(DefaultInputHandler):
    """Runs as soon as any input has a packet; inputs do not wait for one another.

    Packets of the same timestamp that are there together come together. Timestamps of `process` may
    go back from one input to another, never within one.
    """

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        self.seen_bounds = [PRE_STREAM] * len(streams)

    def poll(self) -> int:
        earliest = min((s.queue[0].timestamp for s in self.streams if s.queue), default=DONE)
        if earliest == DONE:
            return self._poll_bounds()
        for index, stream in enumerate(self.streams):
            if stream.queue and stream.queue[0].timestamp == earliest:
                stream.pop()
                self.seen_bounds[index] = max(self.seen_bounds[index], earliest + 1)
            else:
                stream.port.packet = None
        self.calculator.timestamp = earliest
        self.settled = min(stream.visible_bound() for stream in self.streams)
        return PROCESS

    def _poll_bounds(self) -> int:
        self.settled = min(stream.bound for stream in self.streams)
        if self.settled == DONE:
            return CLOSE
        if self.process_bounds:
            bounds = [stream.bound for stream in self.streams]
            moved = [
                new - 1
                for old, new in zip(self.seen_bounds, bounds, strict=True)
                if new > old and new != DONE
            ]
            if moved:
                self.seen_bounds = bounds
                for stream in self.streams:
                    stream.port.packet = None
                self.calculator.timestamp = min(moved)
                return PROCESS
        return WAIT

    def may_have_more(self, timestamp: int) -> bool:
        return True


class SyncSetInputHandler(DefaultInputHandler):
    """Inputs wait for one another within a set only; inputs that no set names form one of their own."""

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        left = set(places)
        for sync_set in _sync_sets(options):
            if not sync_set:
                raise ValueError("a sync_set names no input")
            for place in sync_set:
                if place not in left:
                    raise ValueError(
                        f'sync_set names "{place[0]}:{place[1]}", which is not connected or in a set already'
                    )
                left.remove(place)

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        by_place = {stream.port.place: stream for stream in streams}
        sets = [tuple(by_place.pop(place) for place in places) for places in _sync_sets(options)]
        if by_place:
            sets.append(tuple(by_place.values()))
        self.parts = [DefaultInputHandler(part, calculator) for part in sets]
        for part in self.parts:
            part.process_bounds = self.process_bounds

    def poll(self) -> int:
        first = min(self.parts, key=self._ready_timestamp)
        parts = [first] if self._ready_timestamp(first) != DONE else self.parts
        for stream in self.streams:
            stream.port.packet = None
        action = WAIT
        for part in parts:
            if part.poll() == PROCESS:
                action = PROCESS
                break
        self.settled = min(self._settled(part) for part in self.parts)
        return CLOSE if action == WAIT and self.settled == DONE else action

    @staticmethod
    def _settled(part: DefaultInputHandler) -> int:
        return min(stream.visible_bound() for stream in part.streams)

    @staticmethod
    def _ready_timestamp(part: DefaultInputHandler) -> int:
        """The timestamp at which a set could run now, DONE where it cannot."""
        earliest = min((s.queue[0].timestamp for s in part.streams if s.queue), default=DONE)
        bound = min((s.bound for s in part.streams if not s.queue), default=DONE)
        return earliest if earliest < bound else DONE

    def may_have_more(self, timestamp: int) -> bool:
        return True


def _sync_sets(options: Any) -> list[list[tuple[str, int]]]:
    message = None if options is None else extension_of("mediapipe.SyncSetInputStreamHandlerOptions", options)
    return [[parse_tag_index(text) for text in s.tag_index] for s in message.sync_set] if message else []


class FixedSizeInputHandler(DefaultInputHandler):
    """As the default, but old packets are dropped, so that a slow node works on new ones.

    A queue that has grown to `trigger_queue_size` is cut to its newest `target_queue_size` packets; what
    is older than the first packet kept is dropped from the other queues too, now and when it comes
    later, so that what belongs together stays together. With `fixed_min_size` nothing is dropped before
    every queue has grown so long, and each keeps at least the target.
    """

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        trigger, target, _ = _fixed_sizes(options)
        if not 1 <= target <= trigger:
            raise ValueError(
                f"target_queue_size is {target} and trigger_queue_size {trigger}, but 1 <= target <= trigger "
                "must hold"
            )

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        self.trigger, self.target, self.fixed_min_size = _fixed_sizes(options)
        self.kept_from = UNSET

    def poll(self) -> int:
        grown = [stream.queue for stream in self.streams if len(stream.queue) >= self.trigger]
        if self.fixed_min_size:
            if len(grown) == len(self.streams):
                self.kept_from = min(queue[-self.target].timestamp for queue in grown)
        else:
            for queue in grown:
                if len(queue) > self.target:
                    self.kept_from = max(self.kept_from, next_allowed(queue[-self.target - 1].timestamp))
        for stream in self.streams:
            queue = stream.queue
            while queue and queue[0].timestamp < self.kept_from:
                queue.popleft()
            stream.release()
        action = super().poll()
        # Any queue may grow to the trigger, so news of every stream matter.
        self.blocker = None
        return action

    def may_have_more(self, timestamp: int) -> bool:
        return True


def _fixed_sizes(options: Any) -> tuple[int, int, bool]:
    """trigger_queue_size, target_queue_size and fixed_min_size; their defaults where not set."""
    name = "mediapipe.FixedSizeInputStreamHandlerOptions"
    message = None if options is None else extension_of(name, options)
    if message is None:
        return 2, 1, False
    return message.trigger_queue_size, message.target_queue_size, message.fixed_min_size


INPUT_HANDLERS = {
    "DefaultInputStreamHandler": DefaultInputHandler,
    "ImmediateInputStreamHandler": ImmediateInputHandler,
    "SyncSetInputStreamHandler": SyncSetInputHandler,
    "FixedSizeInputStreamHandler": FixedSizeInputHandler,
}

"""DefaultInputHandler: the usual policy, all inputs of a timestamp together. The base of the others."""

from typing import Any

from attention_mesh.framework.timestamps import DONE, PRE_STREAM

WAIT, PROCESS, CLOSE = range(3)


class DefaultInputHandler:
    """Runs at the smallest timestamp at which every input is settled: by a packet, or a bound past it."""

    __slots__ = ("streams", "calculator", "settled", "process_bounds", "last_processed", "blocker")

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        """Raises ValueError if `options` do not fit a node whose inputs are `places`, each (tag, index)."""

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        self.streams = streams
        self.calculator = calculator
        self.settled = PRE_STREAM
        self.process_bounds = calculator.process_bounds
        self.last_processed = PRE_STREAM - 1
        # The one stream that the node waits for; until it moves, news of the others need no poll.
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
        """The action if no packet can be processed and all inputs are settled before `settled`."""
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

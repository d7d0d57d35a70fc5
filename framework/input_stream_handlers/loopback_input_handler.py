"""LoopbackInputHandler: the policy of a node that brings a result of the last frame to the next."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    PROCESS,
    WAIT,
    DefaultInputHandler,
)


class LoopbackInputHandler(DefaultInputHandler):
    """Runs at each packet of MAIN, together with LOOP's packet at the timestamp of the MAIN packet before.

    It waits until that is settled: by the packet, or by a bound past its time. It drops other packets of LOOP
    unread. That is one run per frame; inputs that do not wait for one another take two.
    """

    __slots__ = ("main", "loop", "last_main")

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        if sorted(places) != [("LOOP", 0), ("MAIN", 0)]:
            raise ValueError("it takes two inputs, MAIN and LOOP")

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        self.loop, self.main = sorted(streams, key=lambda stream: stream.port.place)
        # The timestamp at which the next packet of MAIN needs LOOP.
        self.last_main = self.last_processed

    def poll(self) -> int:
        main, loop = self.main, self.loop
        if not main.queue:
            self.blocker = None  # news of LOOP may be nothing but packets to drop
            self.drop_unwanted(main.bound)
            return self.poll_bounds(main.bound)
        timestamp, wanted = main.queue[0].timestamp, self.last_main
        while loop.queue and loop.queue[0].timestamp < wanted:
            loop.pop()
        if not loop.queue and loop.bound <= wanted:
            self.blocker, self.settled = loop, timestamp
            return WAIT
        main.pop()
        if loop.queue and loop.queue[0].timestamp == wanted:
            loop.pop()
        else:
            loop.port.packet = None
        self.calculator.timestamp = self.last_processed = self.last_main = timestamp
        self.settled = timestamp + 1
        self.drop_unwanted(timestamp + 1)
        return PROCESS

    def drop_unwanted(self, main_bound: int) -> None:
        """Drops the packets of LOOP that no packet of MAIN, at `main_bound` or later, can need."""
        queue = self.loop.queue
        wanted = [p for p in queue if p.timestamp == self.last_main or p.timestamp >= main_bound]
        if len(wanted) < len(queue):
            queue.clear()
            queue.extend(wanted)
            self.loop.release()

    def may_have_more(self, timestamp: int) -> bool:
        main = self.main
        if main.queue or main.bound > timestamp + 1:
            return True
        self.blocker = None
        self.drop_unwanted(main.bound)
        return False

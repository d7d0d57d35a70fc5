"""ImmediateInputHandler: the policy of nodes that do not wait."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.timestamps import DONE, PRE_STREAM


class ImmediateInputHandler(DefaultInputHandler):
    """Runs as soon as any input has a packet; inputs do not wait for one another.

    Packets of the same timestamp come together if both are there. The timestamps of `process` may go back
    from one input to another, but never within one.
    """

    __slots__ = ("seen_bounds",)

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        self.seen_bounds = [PRE_STREAM] * len(streams)

    def poll(self) -> int:
        earliest = settled = DONE
        for stream in self.streams:
            # In this order, see `InputStream.visible_bound`.
            bound = stream.bound
            if stream.queue:
                bound = stream.queue[0].timestamp
                earliest = min(earliest, bound)
            settled = min(settled, bound)
        if earliest == DONE:
            return self._poll_bounds(settled)
        self.settled = DONE
        for index, stream in enumerate(self.streams):
            if stream.queue and stream.queue[0].timestamp == earliest:
                stream.pop()
                self.seen_bounds[index] = max(self.seen_bounds[index], earliest + 1)
            else:
                stream.port.packet = None
            self.settled = min(self.settled, stream.visible_bound())
        self.calculator.timestamp = earliest
        return PROCESS

    def _poll_bounds(self, settled: int) -> int:
        """The action if no packet waits and all inputs are settled before `settled`."""
        self.settled = settled
        if settled == DONE:
            return CLOSE
        if self.process_bounds:
            bounds = [stream.bound for stream in self.streams]
            if bounds != self.seen_bounds:
                # An input that has ended while others go on is news too.
                moved = [new - 1 for old, new in zip(self.seen_bounds, bounds, strict=True) if new > old]
                if moved:
                    self.seen_bounds = bounds
                    for stream in self.streams:
                        stream.port.packet = None
                    self.calculator.timestamp = min(moved)
                    return PROCESS
        return WAIT

    def may_have_more(self, timestamp: int) -> bool:
        for stream, seen in zip(self.streams, self.seen_bounds, strict=True):
            bound = stream.bound
            if stream.queue or bound == DONE or (self.process_bounds and bound > seen):
                return True
        return False

"""MuxInputHandler: the policy of nodes that read one of several inputs, which another input selects."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.timestamps import DONE, describe, next_allowed


class MuxInputHandler(DefaultInputHandler):
    """Waits for the control input and the one data input that it selects, but not for the others.

    The control is the last input in the order of (tag, index). Its packets are ints from 0: the place of the
    selected input among the others. The node runs at the timestamps of control packets. At each it sees the
    control and, if there is one at the same timestamp, the packet of the selected input. Data older than the
    control is dropped unread, and so are the packets of the other inputs at that timestamp. The node closes
    with its control.
    """

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        if len(places) < 2:
            raise ValueError("it needs a control input and at least one data input")

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        *self.data, self.control = sorted(streams, key=lambda stream: stream.port.place)

    def poll(self) -> int:
        queue = self.control.queue
        if not queue:
            self.settled = self.control.bound
            self._drop_before(self.settled)
            return CLOSE if self.settled == DONE else WAIT
        timestamp = queue[0].timestamp
        self._drop_before(timestamp)
        chosen = self.data[self._choice(queue[0].value, timestamp)]
        if not chosen.queue and chosen.bound <= timestamp:
            self.settled = timestamp
            return WAIT
        for stream in self.streams:
            stream.port.packet = None
        self.control.pop()
        if chosen.queue and chosen.queue[0].timestamp == timestamp:
            chosen.pop()
        self._drop_before(next_allowed(timestamp))
        self.calculator.timestamp = self.last_processed = timestamp
        self.settled = next_allowed(timestamp)
        return PROCESS

    def may_have_more(self, timestamp: int) -> bool:
        return True

    def _choice(self, value: Any, timestamp: int) -> int:
        if isinstance(value, int) and 0 <= value < len(self.data):
            return int(value)
        raise ValueError(
            f'control stream "{self.control.name}" at timestamp {describe(timestamp)}: {value!r} is not the '
            f"number of a data input (0 to {len(self.data) - 1})"
        )

    def _drop_before(self, timestamp: int) -> None:
        for stream in self.data:
            queue = stream.queue
            while queue and queue[0].timestamp < timestamp:
                queue.popleft()
            stream.release()

"""BarrierInputHandler: the policy of nodes that pair packets by their order, not by their time."""

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.timestamps import DONE


class BarrierInputHandler(DefaultInputHandler):
    """Runs when every input has a packet, whatever their timestamps, and takes the oldest of each.

    The node's timestamp is the smallest of theirs. It may repeat or go back, so that the calculator has to
    give a timestamp to `send`. The node closes as soon as one input is at its end.
    """

    def poll(self) -> int:
        lowest = DONE
        is_complete = True
        for stream in self.streams:
            if not stream.queue:
                if stream.bound == DONE:
                    self.settled = DONE
                    return CLOSE
                is_complete = False
            lowest = min(lowest, stream.visible_bound())
        self.settled = lowest
        if not is_complete:
            return WAIT
        for stream in self.streams:
            stream.pop()
        self.calculator.timestamp = self.last_processed = lowest
        self.settled = min(stream.visible_bound() for stream in self.streams)
        return PROCESS

    def may_have_more(self, timestamp: int) -> bool:
        return True

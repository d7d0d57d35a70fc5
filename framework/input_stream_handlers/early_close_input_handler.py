"""EarlyCloseInputHandler: the policy of nodes that end with the first of their inputs."""

from attention_mesh.framework.input_stream_handlers.default_input_handler import CLOSE, DefaultInputHandler
from attention_mesh.framework.timestamps import DONE


class EarlyCloseInputHandler(DefaultInputHandler):
    """As the default, but the node closes as soon as one input is at its end.

    It drops the packets that still wait at the others.
    """

    def poll(self) -> int:
        for stream in self.streams:
            if not stream.queue and stream.bound == DONE:
                self.settled = DONE
                self.blocker = None
                return CLOSE
        action = super().poll()
        # The end of any stream matters, not only of the slowest one.
        self.blocker = None
        return action

    def may_have_more(self, timestamp: int) -> bool:
        return True

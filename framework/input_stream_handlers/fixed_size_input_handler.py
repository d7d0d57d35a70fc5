"""FixedSizeInputHandler: the policy of slow nodes that need the newest packets."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import DefaultInputHandler
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.timestamps import UNSET, next_allowed


class FixedSizeInputHandler(DefaultInputHandler):
    """As the default, but it drops old packets, so that a slow node works on new ones.

    It cuts a queue that has grown to `trigger_queue_size` to its newest `target_queue_size` packets. Packets
    older than the first one kept are dropped from the other queues too, also if they come later, so that all
    packets of a timestamp stay together. With `fixed_min_size` it drops nothing before every queue has grown
    so long, and each queue keeps at least the target.
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
    """trigger_queue_size, target_queue_size and fixed_min_size; the defaults of those not set."""
    name = "mediapipe.FixedSizeInputStreamHandlerOptions"
    message = None if options is None else extension_of(name, options)
    if message is None:
        return 2, 1, False
    return message.trigger_queue_size, message.target_queue_size, message.fixed_min_size

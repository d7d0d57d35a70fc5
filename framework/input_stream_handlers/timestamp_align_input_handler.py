"""TimestampAlignInputHandler: the policy of nodes whose inputs count time from different zeros."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.tags import parse_tag_index
from attention_mesh.framework.timestamps import DONE, MAX, MIN


class TimestampAlignInputHandler(DefaultInputHandler):
    """As the default, in the time of one input, the base. Constants shift the other inputs to it.

    The first packets decide the constants: the oldest packet of every other input belongs to the base packet
    that waits when the last of them has come. Base packets before that one are processed at once and alone.
    `process` sees shifted packets with the base's timestamps.

    The option `timestamp_base_tag_index` names the base ("TAG", "TAG:index" or ":index").
    """

    @staticmethod
    def check(places: list[tuple[str, int]], options: Any) -> None:
        base = _base(options)
        if base not in places:
            known = ", ".join(f'"{tag}:{index}"' for tag, index in places)
            raise ValueError(
                f'timestamp_base_tag_index names "{base[0]}:{base[1]}", which is not connected (connected: '
                f"{known})"
            )

    def __init__(self, streams: tuple, calculator: Any, options: Any = None):
        super().__init__(streams, calculator, options)
        place = _base(options)
        self.base = next(stream for stream in streams if stream.port.place == place)
        self.others = [stream for stream in streams if stream is not self.base]
        self.offsets = dict.fromkeys(streams, 0)
        self.is_aligned = not self.others

    def poll(self) -> int:
        if not self.is_aligned:
            if not self.base.queue:
                self.settled = self.base.bound
                return CLOSE if self.settled == DONE else WAIT
            timestamp = self.base.queue[0].timestamp
            if not all(stream.queue for stream in self.others):
                for stream in self.others:
                    stream.port.packet = None
                self.base.pop()
                return self._process(timestamp)
            for stream in self.others:
                self.offsets[stream] = timestamp - stream.queue[0].timestamp
            self.is_aligned = True
        earliest = settled = DONE
        for stream in self.streams:
            time = self._shifted(stream, stream.queue[0].timestamp if stream.queue else stream.bound)
            if stream.queue:
                earliest = min(earliest, time)
            else:
                settled = min(settled, time)
        if earliest >= settled:
            self.settled = settled
            return CLOSE if settled == DONE else WAIT
        for stream in self.streams:
            if stream.queue and self._shifted(stream, stream.queue[0].timestamp) == earliest:
                stream.pop()
                stream.port.packet = stream.port.packet.at(earliest)
            else:
                stream.port.packet = None
        return self._process(earliest)

    def may_have_more(self, timestamp: int) -> bool:
        return True

    def _process(self, timestamp: int) -> int:
        self.calculator.timestamp = self.last_processed = timestamp
        self.settled = timestamp + 1
        return PROCESS

    def _shifted(self, stream: Any, timestamp: int) -> int:
        """A timestamp of a stream in the base's time; special timestamps stay unchanged."""
        if not MIN <= timestamp <= MAX:
            return timestamp
        return min(max(timestamp + self.offsets[stream], MIN), MAX)


def _base(options: Any) -> tuple[str, int]:
    name = "mediapipe.TimestampAlignInputStreamHandlerOptions"
    message = None if options is None else extension_of(name, options)
    return parse_tag_index(message.timestamp_base_tag_index if message else "")

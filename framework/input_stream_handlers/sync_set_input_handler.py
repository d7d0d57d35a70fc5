"""SyncSetInputHandler: the policy of nodes some of whose inputs belong together."""

from typing import Any

from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.tags import parse_tag_index
from attention_mesh.framework.timestamps import DONE


class SyncSetInputHandler(DefaultInputHandler):
    """Inputs wait for one another within a set only. Inputs that no set names form another set."""

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
        """The timestamp at which a set can run now; DONE if it cannot."""
        earliest = min((s.queue[0].timestamp for s in part.streams if s.queue), default=DONE)
        bound = min((s.bound for s in part.streams if not s.queue), default=DONE)
        return earliest if earliest < bound else DONE

    def may_have_more(self, timestamp: int) -> bool:
        return True


def _sync_sets(options: Any) -> list[list[tuple[str, int]]]:
    message = None if options is None else extension_of("mediapipe.SyncSetInputStreamHandlerOptions", options)
    return [[parse_tag_index(text) for text in s.tag_index] for s in message.sync_set] if message else []

"""Reads a source on its own thread, so that decoding overlaps with the graph."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from enum import Enum

from attention_mesh.media.frame import Frame
from attention_mesh.media.video_source import VideoSource

# The thread that rests goes on when so few frames wait.
_FEW_FRAMES = 1


class End(Enum):
    """What `ReadAhead.next` returns after the last frame."""

    END = "end"


class ReadAhead:
    """Iterates a source on another thread.

    Up to `depth` frames of a file wait, and none is lost. When so many do, the thread rests until nearly all
    are taken: meanwhile its core is free for something else, and threads wake each other less often. Only the
    newest frame of a live source waits; older ones are dropped, and `dropped` counts them. Use it as a
    context manager: leaving it ends the thread, at the latest when the current read returns.
    """

    def __init__(self, source: VideoSource, depth: int = 5) -> None:
        self._source = source
        self._depth = depth
        self._items: deque[Frame | BaseException | End] = deque()
        self._changed = threading.Condition()  # guards the items; notified whenever they or `_stopped` change
        self._stopped = False
        self._rests = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="attention-mesh decode", daemon=True)
        self._thread.start()

    @property
    def rests(self) -> bool:
        """Whether the thread has nothing to do at the moment: enough frames wait, or all are read."""
        return self._rests

    def next(self, timeout_s: float) -> Frame | End | None:
        """The next frame, None if none came within `timeout_s`, or `End.END`.

        Raises what iterating the source raised.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._items, timeout_s):
                return None
            item = self._items.popleft()
            if len(self._items) <= _FEW_FRAMES:
                self._changed.notify_all()
        if isinstance(item, BaseException):
            raise item
        return item

    def _run(self) -> None:
        end: End | BaseException = End.END
        frames: Iterator[Frame] = iter(self._source)
        try:
            for frame in frames:
                self._put(frame)
                if self._stopped:
                    return
        except Exception as error:  # noqa: BLE001 - handed to the reader by next()
            end = error
        with self._changed:
            self._items.append(end)
            self._rests = True
            self._changed.notify_all()

    def _put(self, frame: Frame) -> None:
        with self._changed:
            if self._source.live:
                self.dropped += len(self._items)
                self._items.clear()
            self._items.append(frame)
            self._changed.notify_all()
            if len(self._items) >= self._depth:
                self._rests = True
                self._changed.wait_for(lambda: self._stopped or len(self._items) <= _FEW_FRAMES)
                self._rests = False

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        # A read that hangs in the driver cannot be interrupted; the daemon thread ends with the process.
        self._thread.join(timeout=2.0)

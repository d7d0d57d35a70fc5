"""Reads a source on its own thread, so that decoding overlaps with the graph."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from enum import Enum

from attention_mesh.media.frame import Frame
from attention_mesh.media.video_source import VideoSource


class End(Enum):
    """What `ReadAhead.next` returns after the last frame."""

    END = "end"


class ReadAhead:
    """Iterates a source on another thread.

    Up to `depth` frames of a file wait, and none is lost. Only the newest frame of a live source waits; older
    ones are dropped, and `dropped` counts them. Use it as a context manager: leaving it ends the thread, at
    the latest when the current read returns.
    """

    def __init__(self, source: VideoSource, depth: int = 4) -> None:
        self._source = source
        self._queue: queue.Queue[Frame | BaseException | End] = queue.Queue(1 if source.live else depth)
        self._stopped = threading.Event()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="attention-mesh decode", daemon=True)
        self._thread.start()

    def next(self, timeout_s: float) -> Frame | End | None:
        """The next frame, None if none came within `timeout_s`, or `End.END`.

        Raises what iterating the source raised.
        """
        try:
            item = self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(item, BaseException):
            raise item
        return item

    def _run(self) -> None:
        end: End | BaseException = End.END
        frames: Iterator[Frame] = iter(self._source)
        try:
            for frame in frames:
                if self._stopped.is_set():
                    return
                self._put(frame)
        except Exception as error:  # noqa: BLE001 - handed to the reader by next()
            end = error
        self._put(end, keep=True)

    def _put(self, item: Frame | BaseException | End, keep: bool = False) -> None:
        if self._source.live and not keep:
            try:
                self._queue.get_nowait()
                self.dropped += 1
            except queue.Empty:
                pass
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        # A read that hangs in the driver cannot be interrupted; the daemon thread ends with the process.
        self._thread.join(timeout=2.0)

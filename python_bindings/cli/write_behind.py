"""Encoding and writing on a thread of its own, behind the graph."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.frame_sink import FrameSink


class WriteBehind:
    """Writes records to sinks on one thread, in the order of `put`.

    `put` waits while `depth` records are waiting, which holds the graph back instead of filling memory. A
    sink that fails is finished there and then, and the others go on; where none is left, later records are
    let go. `close` finishes every sink's file.

    latest: the newest record that was written, for a display. count: how many were. errors: what sinks
    raised, in order.
    """

    def __init__(self, sinks: Sequence[FrameSink], depth: int = 8) -> None:
        self._sinks = list(sinks)  # those that still take records
        self._futile = False
        self._queue: queue.Queue[FrameRecord | None] = queue.Queue(depth)
        self.errors: list[Exception] = []
        self.latest: FrameRecord | None = None
        self.count = 0
        self._thread = threading.Thread(target=self._run, name="attention-mesh write", daemon=True)
        self._thread.start()

    @property
    def futile(self) -> bool:
        """Whether every sink has failed, so that there is nothing to go on for."""
        return self._futile

    def put(self, record: FrameRecord) -> None:
        """Hands a record over; from any thread, but in order."""
        self._queue.put(record)

    def close(self) -> None:
        """Writes what is waiting, ends the thread and finishes every sink. May be called twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        while self._sinks:
            self._finish(self._sinks.pop(0))

    def _run(self) -> None:
        while (record := self._queue.get()) is not None:
            if self._futile:
                continue
            for sink in tuple(self._sinks):
                if record.image is not None or not sink.needs_image:
                    self._write(sink, record)
            if not self._futile:
                self.latest = record
                self.count += 1

    def _write(self, sink: FrameSink, record: FrameRecord) -> None:
        try:
            sink.write(record)
        except Exception as error:  # noqa: BLE001 - the main thread reports it, the other sinks go on
            self.errors.append(error)
            self._sinks.remove(sink)
            self._finish(sink)
            self._futile = not self._sinks

    def _finish(self, sink: FrameSink) -> None:
        try:
            sink.close()
        except Exception as error:  # noqa: BLE001 - the main thread reports it, other sinks need closing too
            self.errors.append(error)

    def __enter__(self) -> WriteBehind:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

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
    sink that fails stops all writing: `error` tells, later records are let go, and `close` still finishes
    every sink's file.

    latest: the newest record that was written, for a display. count: how many were.
    """

    def __init__(self, sinks: Sequence[FrameSink], depth: int = 8) -> None:
        self._sinks = sinks
        self._queue: queue.Queue[FrameRecord | None] = queue.Queue(depth)
        self.error: Exception | None = None
        self.latest: FrameRecord | None = None
        self.count = 0
        self._thread = threading.Thread(target=self._run, name="attention-mesh write", daemon=True)
        self._thread.start()

    def put(self, record: FrameRecord) -> None:
        """Hands a record over; from any thread, but in order."""
        self._queue.put(record)

    def close(self) -> None:
        """Writes what is waiting, ends the thread and finishes every sink. May be called twice.

        An error that finishing a sink raises goes to `error`, unless one is there.
        """
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        for sink in self._sinks:
            try:
                sink.close()
            except Exception as error:  # noqa: BLE001 - the other sinks still need closing
                self.error = self.error or error

    def _run(self) -> None:
        while (record := self._queue.get()) is not None:
            if self.error is not None:
                continue
            try:
                for sink in self._sinks:
                    if record.image is not None or not sink.needs_image:
                        sink.write(record)
            except Exception as error:  # noqa: BLE001 - the main thread reports it
                self.error = error
                continue
            self.latest = record
            self.count += 1

    def __enter__(self) -> WriteBehind:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

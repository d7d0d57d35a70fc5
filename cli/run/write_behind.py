"""Writes records on its own thread, so that encoding overlaps with the graph."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.record_sink import RecordSink
from attention_mesh.media.errors import MediaError

_POLL_S = 0.1  # how soon a wait for the thread notices that the caller gives up


class WriteBehind:
    """Writes records to sinks on one thread, in the order of `put`.

    `put` blocks while `depth` records are waiting, which holds the graph back instead of filling memory. A
    sink that fails is closed immediately, and the others continue; if none is left, later records are
    dropped. `close` closes every sink; records that come later are dropped.

    Attributes:
      latest: the newest record that was written, for a display.
      count: how many were written.
      errors: what sinks raised, in order.
      futile: whether every sink has failed, so that there is no reason to continue.
      hangs: whether `close` gave up a sink that did not return from writing.
    """

    def __init__(self, sinks: Sequence[RecordSink], depth: int = 8) -> None:
        self._sinks = list(sinks)  # those that still take records
        self.futile = False
        self._queue: queue.Queue[FrameRecord | None] = queue.Queue(depth)
        self.errors: list[Exception] = []
        self.latest: FrameRecord | None = None
        self.count = 0
        self.hangs = False
        self._closing = False
        self._busy: RecordSink | None = None  # what the thread is writing to
        self._thread = threading.Thread(target=self._run, name="attention-mesh write", daemon=True)
        self._thread.start()

    def put(self, record: FrameRecord) -> None:
        """Queues a record. Any thread may call this, but records must come in order."""
        if not self._closing:
            self._queue.put(record)

    def close(self, give_up: Callable[[], bool] = lambda: False) -> None:
        """Writes what is waiting, ends the thread and closes every sink. May be called twice.

        When `give_up` returns true, the thread is no longer waited for, and the sink that it is writing to
        stays as it is.
        """
        self._closing = True
        self._end_thread(give_up)
        while self._sinks:
            sink = self._sinks.pop(0)
            if self.hangs and sink is self._busy:
                self.errors.append(
                    MediaError(f"{sink.name}: it does not take what is written; it may be incomplete.")
                )
            else:
                self._finish(sink)

    def _end_thread(self, give_up: Callable[[], bool]) -> None:
        asked = False
        while self._thread.is_alive() and not self.hangs:
            if not asked:
                try:
                    self._queue.put(None, timeout=_POLL_S)
                    asked = True
                except queue.Full:
                    pass
            else:
                self._thread.join(_POLL_S)
            self.hangs = self._thread.is_alive() and give_up()

    def _run(self) -> None:
        while (record := self._queue.get()) is not None:
            if self.futile or self.hangs:
                continue
            for sink in tuple(self._sinks):
                if not self.hangs:
                    self._write(sink, record)
            if not self.futile:
                self.latest = record
                self.count += 1

    def _write(self, sink: RecordSink, record: FrameRecord) -> None:
        self._busy = sink
        try:
            sink.write(record)
        except Exception as error:  # noqa: BLE001 - the main thread reports it, the other sinks go on
            if self.hangs:  # given up, and closed by `close`
                return
            self.errors.append(error)
            self._sinks.remove(sink)
            self._finish(sink, said=str(error))
            self.futile = not self._sinks
        finally:
            self._busy = None

    def _finish(self, sink: RecordSink, said: str = "") -> None:
        """Closes a sink; an error with the text of the one before it is not kept."""
        try:
            sink.close()
        except Exception as error:  # noqa: BLE001 - the main thread reports it, other sinks need closing too
            if str(error) != said:
                self.errors.append(error)

    def __enter__(self) -> WriteBehind:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

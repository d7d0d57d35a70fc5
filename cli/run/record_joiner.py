"""Joins the packets of several output streams into one record per frame."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.media.frame import Frame

MakeRecord = Callable[[Frame, dict[str, Any]], FrameRecord]


class RecordJoiner:
    """Collects what a graph puts out at one timestamp, and emits records in the order of the frames.

    A frame's record is emitted once every stream has passed its timestamp, by a packet or a bound. A stream
    that skipped the timestamp is not in the values. Packets at timestamps without an announced frame are
    dropped. All methods may be called from any thread.

    Args:
      streams: names of the output streams.
      make: makes a record of a frame and its values by stream name.
      emit: takes each record.
    """

    def __init__(self, streams: Iterable[str], make: MakeRecord, emit: Callable[[FrameRecord], None]) -> None:
        self._make = make
        self._emit = emit
        self._lock = threading.Lock()
        self._passed: dict[str, int | None] = dict.fromkeys(streams)  # last settled timestamp
        self._frames: dict[int, Frame] = {}  # by timestamp, in the order of time
        self._values: dict[int, dict[str, Any]] = {}

    def expect(self, frame: Frame) -> None:
        """Announces a frame, before it enters the graph; timestamps increase."""
        with self._lock:
            self._frames[frame.timestamp_us] = frame

    def add(self, stream: str, timestamp_us: int, value: Any) -> None:
        """Takes a packet of an output stream."""
        with self._lock:
            if timestamp_us in self._frames:
                self._values.setdefault(timestamp_us, {})[stream] = value
            self._settle(stream, timestamp_us)

    def settle(self, stream: str, timestamp_us: int) -> None:
        """Takes a timestamp at or before which the stream will have no more packets."""
        with self._lock:
            self._settle(stream, timestamp_us)

    def settle_all(self, timestamp_us: int) -> None:
        """Takes a timestamp at or before which no stream will have more packets."""
        with self._lock:
            self._passed = dict.fromkeys(self._passed, timestamp_us)
            self._emit_until(timestamp_us)

    def finish(self) -> None:
        """Emits what is left, after the graph is done."""
        with self._lock:
            self._emit_until(None)

    def _settle(self, stream: str, timestamp_us: int) -> None:
        passed = self._passed[stream]
        if passed is None or timestamp_us > passed:
            self._passed[stream] = timestamp_us
            times = [time for time in self._passed.values() if time is not None]
            if len(times) == len(self._passed):
                self._emit_until(min(times))

    def _emit_until(self, limit_us: int | None) -> None:
        while self._frames:
            timestamp_us = next(iter(self._frames))
            if limit_us is not None and timestamp_us > limit_us:
                return
            frame = self._frames.pop(timestamp_us)
            self._emit(self._make(frame, self._values.pop(timestamp_us, {})))

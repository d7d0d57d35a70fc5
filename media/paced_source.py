"""A film at its own pace, as a camera would show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from attention_mesh.media.frame import Frame
from attention_mesh.media.sound_track import SoundTrack
from attention_mesh.media.video_source import VideoSource


class PacedSource:
    """Passes the frames of another source, none of them before its time.

    The first frame passes at once, and the others as much later as their timestamps say. If the reader is
    slower than the film, the film lags: no frame is left out.

    Args:
      source: the source, which this one closes.
    """

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """That of the source, as all properties are."""
        return self._source.name

    @property
    def size(self) -> tuple[int, int] | None:
        return self._source.size

    @property
    def fps(self) -> float | None:
        return self._source.fps

    @property
    def length(self) -> int | None:
        return self._source.length

    @property
    def live(self) -> bool:
        return self._source.live

    @property
    def still(self) -> bool:
        return self._source.still

    @property
    def failures(self) -> list[str]:
        return self._source.failures

    @property
    def notices(self) -> list[str]:
        return self._source.notices

    @property
    def sound(self) -> SoundTrack | None:
        return self._source.sound

    def __iter__(self) -> Iterator[Frame]:
        start_s: float | None = None  # time.monotonic() at which the film's time 0 was
        for frame in self._source:
            now_s, film_s = time.monotonic(), frame.timestamp_us / 1e6
            if start_s is None:
                start_s = now_s - film_s
            elif start_s + film_s > now_s:
                self._closed.wait(start_s + film_s - now_s)
            else:
                start_s = now_s - film_s  # what was late is not caught up with, by frames in a hurry
            if self._closed.is_set():
                return
            yield frame

    def close(self) -> None:
        """Closes the source; a frame that waits for its time does not come. May be called twice."""
        self._closed.set()
        self._source.close()

    def __enter__(self) -> PacedSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

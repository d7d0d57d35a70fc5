"""What every source of frames offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attention_mesh.media.frame import Frame


class VideoSource(Protocol):
    """Frames in order, once: iterate, then close (or use as a context manager).

    name: for messages.
    size: (width, height) px of the frames, None where they differ or are not known before.
    fps: frames a second, None for photos or where the device does not say.
    length: number of frames, None when not known (cameras).
    live: frames come at the world's pace; one that is not taken in time is lost.
    still: frames are unrelated photos, nothing may be tracked from one to the next.
    failures: texts of the entries that were skipped so far because they could not be read.

    Opening and iterating raise MediaError.
    """

    name: str
    size: tuple[int, int] | None
    fps: float | None
    length: int | None
    live: bool
    still: bool
    failures: list[str]

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Frees the device or file. May be called twice."""

    def __enter__(self) -> VideoSource: ...

    def __exit__(self, *error: object) -> None: ...

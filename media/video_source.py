"""The interface of every source of frames: films, photos and cameras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attention_mesh.media.frame import Frame
from attention_mesh.media.sound_track import SoundTrack


class VideoSource(Protocol):
    """Frames in order, once: iterate, then close, or use it as a context manager.

    Opening and iterating raise MediaError. The frames before the error are good.
    """

    @property
    def name(self) -> str:
        """What messages call it: its path, URL or number."""

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) px of the frames; None if they differ or are unknown."""

    @property
    def fps(self) -> float | None:
        """Frames per second; None for photos, and if the device does not say."""

    @property
    def length(self) -> int | None:
        """Number of frames; None if it is unknown, as for cameras."""

    @property
    def live(self) -> bool:
        """Whether frames come at the world's pace, so that one that is not taken in time is lost."""

    @property
    def still(self) -> bool:
        """Whether frames are unrelated photos, between which nothing may be tracked."""

    @property
    def failures(self) -> list[str]:
        """Texts about the entries that were skipped so far because they could not be read."""

    @property
    def notices(self) -> list[str]:
        """Texts about what was odd so far but ended nothing, such as times that fell back."""

    @property
    def sound(self) -> SoundTrack | None:
        """The sound of a film, for a sink that copies it; None if there is none."""

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Frees the device or file. May be called twice."""

    def __enter__(self) -> VideoSource: ...

    def __exit__(self, *error: object) -> None: ...

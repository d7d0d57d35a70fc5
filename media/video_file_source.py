"""Frames from a video file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from attention_mesh.media.frame import Frame
from attention_mesh.media.video_reader import VideoReader


class VideoFileSource:
    """Decodes a video file, see `VideoReader`. The attributes are those of `VideoSource`.

    Opening raises MediaError if the file is missing, empty, no video, or has no readable frame. Iterating
    raises it, after the last good frame, if the file ends well before its announced length.
    """

    live = False
    still = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.failures: list[str] = []
        self._reader = VideoReader(path)
        self.fps: float | None = self._reader.fps
        self.length: int | None = self._reader.length
        self.size: tuple[int, int] | None = self._reader.size

    def __iter__(self) -> Iterator[Frame]:
        for index, (image, timestamp_us) in enumerate(self._reader):
            yield Frame(image, timestamp_us, index, f"frame_{index:06d}")

    def close(self) -> None:
        """Closes the file. May be called twice."""
        self._reader.close()

    def __enter__(self) -> VideoFileSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

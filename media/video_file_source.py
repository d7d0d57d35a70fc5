"""Frames from a film, and from a stream that FFmpeg opens."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import BinaryIO

from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.frame import Frame
from attention_mesh.media.sound_track import SoundTrack
from attention_mesh.media.upright_rgb import UprightRgb
from attention_mesh.media.video_reader import VideoReader

_FETCH_TIMEOUT_S = 20.0


class VideoFileSource:
    """Decodes a film, see `VideoReader`. The attributes are those of `VideoSource`.

    Opening raises MediaError if the film is missing, empty, no film, or has no readable picture. Iterating
    raises it, after the last good frame, if the film ends well before its announced length.

    Args:
      path: a file, or the URL of a film.
      opened: the film, if it is open already.
      channels, keeps_format: of the pictures, see `open_source`.

    Attributes:
      seekable: whether a `FilmPiece` can read it from the middle, see `FilmInput`.
      first_us: the film's own time of its first picture, in µs.
    """

    live = False
    still = False

    def __init__(
        self,
        path: str | os.PathLike[str],
        opened: FilmInput | None = None,
        channels: int = 3,
        keeps_format: bool = False,
    ) -> None:
        self.name = os.fspath(path)
        self.failures: list[str] = []
        self._reader = VideoReader(path, opened, keeps_format=keeps_format, channels=channels)
        self.notices = self._reader.notices
        self.fps: float | None = self._reader.fps
        self.length: int | None = self._reader.length
        self.size: tuple[int, int] | None = self._reader.size
        self.sound: SoundTrack | None = self._reader.sound
        self.seekable = self._reader.seekable
        self.first_us = self._reader.first_us

    @property
    def rotation_degrees(self) -> int:
        """By which the film asks to turn its pictures, counterclockwise; the frames are turned."""
        return self._reader.rotation_degrees

    def __iter__(self) -> Iterator[Frame]:
        for index, (image, timestamp_us) in enumerate(self._reader):
            yield Frame(image, timestamp_us, index, f"frame_{index:06d}")

    def close(self) -> None:
        """Closes the film. May be called twice."""
        self._reader.close()

    def __enter__(self) -> VideoFileSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class StreamSource:
    """Yields the frames of a network stream as they arrive. The attributes are those of `VideoSource`.

    Timestamps are those of a monotonic clock, in µs since the first frame was requested. Iterating raises
    MediaError, after the last good frame, when the stream ends or the server says nothing for some time.

    Args:
      opened: the stream.
      keeps_format: see `open_source`.
    """

    live = True
    still = False
    length = None
    sound = None

    def __init__(self, opened: FilmInput, keeps_format: bool = False) -> None:
        self.name = opened.name
        self.failures: list[str] = []
        self.notices: list[str] = []
        self.fps = opened.fps
        self.size: tuple[int, int] | None = None
        self._input = opened
        self._rgb = UprightRgb(opened.pixel_aspect, keeps_format)

    def __iter__(self) -> Iterator[Frame]:
        start, last_us, index = time.monotonic(), -1, 0
        cause = None
        try:
            for picture in self._input.frames():
                last_us = max(last_us + 1, round((time.monotonic() - start) * 1e6))
                yield Frame(self._rgb.convert(picture), last_us, index, f"frame_{index:06d}")
                index += 1
        except MediaError as error:
            cause = error
        if self._input.closed:
            return
        if index == 0:
            raise cause or MediaError(self._input.undecodable())
        raise MediaError(f"{self.name}: no more pictures after {index} frames; the stream ended.") from cause

    def close(self) -> None:
        """Closes the stream. May be called twice."""
        self._input.close()

    def __enter__(self) -> StreamSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_film(
    address: str | os.PathLike[str], channels: int = 3, keeps_format: bool = False
) -> VideoFileSource | StreamSource:
    """Opens a film or a stream, whichever it turns out to be; see `FilmInput.live`. Raises MediaError.

    Args:
      address: a file, or a URL.
      channels: of a film's pictures, see `open_source`.
      keeps_format: see `open_source`.
    """
    opened = FilmInput(address)
    if opened.live:
        return StreamSource(opened, keeps_format)
    try:
        return VideoFileSource(address, opened, channels, keeps_format)
    except MediaError:
        if not os.fspath(address).lower().startswith(("http://", "https://")):
            raise
    # The server cannot send a part of a file, but the index of an MP4 may lie behind its pictures.
    return VideoFileSource(address, FilmInput(address, _fetched(os.fspath(address))), channels, keeps_format)


def _fetched(url: str) -> BinaryIO:
    """A temporary copy of what a URL leads to. Raises MediaError."""
    import http.client  # these load TLS and the formats of mails, which no file needs
    import shutil
    import tempfile
    import urllib.request

    file = tempfile.TemporaryFile()
    try:
        with urllib.request.urlopen(url, timeout=_FETCH_TIMEOUT_S) as answer:
            shutil.copyfileobj(answer, file)
    except (OSError, http.client.HTTPException) as error:
        file.close()
        raise MediaError(f"{url}: it cannot be fetched: {error}.") from error
    file.seek(0)
    return file

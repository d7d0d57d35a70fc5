"""Decodes the pictures of a film."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_clock import FilmClock, microseconds
from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.raw_picture import RawPicture
from attention_mesh.media.upright_rgb import UprightRgb

_SLACK_FRAMES = 3
_SLACK_SHARE = 0.05
_STEP_WITHOUT_RATE_US = 33_333


def slack_frames(length: int) -> float:
    """By how many frames a film may be shorter than the `length` that it announces, and not count as cut off.

    A container's frame count may be estimated from its duration, and its duration may be that of a longer
    sound track.
    """
    return max(_SLACK_FRAMES, _SLACK_SHARE * length)


class VideoReader:
    """Decodes a film with FFmpeg, through PyAV: any container and codec that FFmpeg knows.

    Pictures are upright and have square pixels: rotation, mirroring and pixel aspect of the film are applied.
    Their times are the film's own, counted from its first picture, and strictly increase; see `FilmClock`.

    Opening raises MediaError if the file is missing, empty, no film, or has no picture that can be decoded.

    Args:
      path: a file, or the URL of a film.
      opened: the film, if it is open already.
      keeps_format: whether pictures stay in the film's format, such as "i420", see `RawPicture`. A GPU makes
        RGB of it. Pictures that have to be turned or stretched, and those of other formats, are RGB anyway.
      channels: 3, or 4 for pictures whose fourth channel has no meaning, see `UprightRgb`.

    Attributes:
      name: its path or URL.
      fps: frames per second; None if the film does not say.
      length: number of pictures that the film announces; None if it does not say.
      size: (width, height) px of the pictures.
      seekable: see `FilmInput`.
      sound: the film's sound, for a writer; None if it has none.
      notices: texts about what was odd in the film but did not end it, such as times that fell back.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        opened: FilmInput | None = None,
        keeps_format: bool = False,
        channels: int = 3,
    ) -> None:
        self.name = os.fspath(path)
        self.notices: list[str] = []
        self._input = FilmInput(path) if opened is None else opened
        self.fps = self._input.fps
        self.length = self._input.length
        self.seekable = self._input.seekable
        self.sound = self._input.sound
        self._frames = self._input.frames()
        self._end_us = 0  # when the newest picture ends
        self._rgb = UprightRgb(self._input.pixel_aspect, keeps_format, channels)
        self._clock = FilmClock(round(1e6 / self.fps) if self.fps else _STEP_WITHOUT_RATE_US, self._input.cut)
        try:
            self._first = self._read()
            if self._first is None:
                raise MediaError(self._input.undecodable())
        except BaseException:
            self.close()
            raise
        self.size: tuple[int, int] = _size(self._first[0])

    @property
    def rotation_degrees(self) -> int:
        """By which the film asks to turn its pictures, counterclockwise; those that are read are turned."""
        return self._rgb.rotation_degrees

    @property
    def first_us(self) -> int:
        """The film's own time of its first picture, in µs."""
        return self._clock.first_us or 0

    def _read(self) -> tuple[Any, int] | None:
        """The next picture and its time in µs; None at the end."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        base = self._input.time_base  # the last pictures come without one
        ticks = frame.dts if self._input.has_decoding_times else frame.pts
        timestamp_us = self._clock.tick(None if ticks is None else microseconds(ticks, base))
        self._end_us = timestamp_us + max(self._clock.step_us, microseconds(frame.duration or 0, base))
        return self._rgb.convert(frame), timestamp_us

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        """Yields pictures, (H, W, channels) uint8 RGB or a RawPicture, and their times in µs, once.

        Raises MediaError, after the last good picture, if the film ends well before its announced length, or
        if its file or server fails.
        """
        entry, self._first = self._first, None
        if self.sound is not None:
            self.sound.start(self._clock.first_us or 0)
        count = 0
        while entry is not None:
            yield entry
            count += 1
            entry = self._read()
        if self._input.closed:
            return
        self._note_oddities()
        self._check_end(count)

    def _note_oddities(self) -> None:
        falls, damaged = self._clock.falls, self._input.damaged
        if falls:
            self.notices.append(
                f"{self.name}: its times fell back or jumped {falls} {'time' if falls == 1 else 'times'}, as "
                "those of recordings that were joined do; time goes on there at the film's own intervals."
            )
        if damaged:
            self.notices.append(
                f"{self.name}: {damaged} damaged {'packet' if damaged == 1 else 'packets'} could not be "
                f"decoded (codec {self._input.codec}); the other pictures were read."
            )

    def _check_end(self, count: int) -> None:
        if self.length is None or self.fps is None or self._clock.falls:
            return
        slack = slack_frames(self.length)
        missing = self.length - count
        missing_time = self.length - self._end_us * self.fps / 1e6  # in frames at the announced rate
        if min(missing, missing_time) > slack:
            raise MediaError(
                f"{self.name}: the film ends after {count} of {self.length} announced frames; the file is "
                "cut off or damaged there. What came before was read."
            )

    def close(self) -> None:
        """Closes the film. May be called twice."""
        self._input.close()


def _size(picture: Any) -> tuple[int, int]:
    size = picture.size if isinstance(picture, RawPicture) else picture.shape[1::-1]
    return size[0], size[1]

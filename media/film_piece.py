"""FilmPiece: the pictures of a film between two times, read from the middle."""

from __future__ import annotations

from collections.abc import Iterator

from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_clock import microseconds
from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.frame import Frame
from attention_mesh.media.upright_rgb import UprightRgb
from attention_mesh.media.video_reader import slack_frames

_FAR_US = 30_000_000  # to decode more without a use of it costs more than it saves


class PieceError(MediaError):
    """A film cannot be read in pieces; from its beginning it may be."""


class FilmPiece:
    """Reads the pictures of a film from one time to another, with the pixels and times of the whole film.

    It begins to decode at a key picture before. A film in which anything is odd is refused, because its times
    or pictures could differ from those of the whole film: times that are missing or do not rise, damaged
    pictures, no key picture nearby, another size of the pictures, an early end. The attributes are those of
    `VideoSource`.

    Args:
      film: opened for this piece, and closed with it.
      first_us: the film's own time of its first picture, from which other times are counted.
      start_us: time of the first picture, in µs; later if there is none at this time.
      end_us: time before which the piece ends; None for the film's end.
      size: (width, height) of the film's upright pictures, in pixels.
      channels: of the pictures, see `open_source`.
    """

    live = False
    still = False
    length = None
    sound = None

    def __init__(
        self,
        film: FilmInput,
        first_us: int,
        start_us: int,
        end_us: int | None,
        size: tuple[int, int],
        channels: int = 3,
    ) -> None:
        self.name = film.name
        self.fps = film.fps
        self.size = size
        self.failures: list[str] = []
        self.notices: list[str] = []
        self._film = film
        self._first_us, self._start_us, self._end_us = first_us, start_us, end_us
        self._rgb = UprightRgb(film.pixel_aspect, channels=channels)

    def __iter__(self) -> Iterator[Frame]:
        """Yields the pictures, whose `index` counts from the piece's beginning. Raises PieceError."""
        film, start_us, end_us = self._film, self._start_us, self._end_us
        if not film.seekable:
            raise self._error("its format has no index")
        if start_us > 0:
            film.seek(self._first_us + start_us)
        index, last_us = 0, -1
        for picture in film.frames():
            if film.damaged or picture.pts is None:
                raise self._error("a picture is damaged or has no time")
            time_us = microseconds(picture.pts, film.time_base) - self._first_us
            if start_us > 0 and self._is_before_restart(picture.pts):
                continue
            if time_us <= last_us:
                raise self._error(f"the times do not rise at {time_us / 1e6:g} s")
            if last_us < 0 and time_us > max(start_us, 0):
                raise self._error("there is no key picture before it")
            last_us = time_us
            if end_us is not None and time_us >= end_us:
                return
            if time_us >= start_us:
                image = self._rgb.convert(picture)
                if image.shape[1::-1] != self.size:
                    raise self._error("the pictures have another size there")
                yield Frame(image, time_us, index, f"frame_{index:06d}")
                index += 1
        self._check_end(last_us)

    def _is_before_restart(self, ticks: int) -> bool:
        """Whether a picture may need what was not decoded. Raises PieceError if all of them may."""
        restart = self._film.restart_ticks
        if restart is None:
            raise self._error("there is no key picture before it")
        restart_us = microseconds(restart, self._film.time_base) - self._first_us
        if not self._start_us - _FAR_US <= restart_us <= self._start_us:
            raise self._error("there is no key picture shortly before it")
        return ticks < restart

    def _check_end(self, last_us: int) -> None:
        film = self._film
        if self._end_us is not None or film.damaged:
            raise self._error("it ends early, or a picture is damaged")
        if film.length is not None and film.fps is not None:
            if film.length - last_us * film.fps / 1e6 > slack_frames(film.length):
                raise self._error("it ends early")

    def _error(self, reason: str) -> PieceError:
        return PieceError(f"{self.name}: the piece from {self._start_us / 1e6:g} s cannot be read: {reason}.")

    def close(self) -> None:
        """Closes the film. May be called twice."""
        self._film.close()

    def __enter__(self) -> FilmPiece:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

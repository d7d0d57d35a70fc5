"""The clock of a film: makes times that fall back, jump or are missing go on at the film's own intervals."""

from __future__ import annotations

from fractions import Fraction

_JUMP_US = 10_000_000  # FFmpeg's own limit (dts_delta_threshold) for formats whose times may be cut
_GLITCH_FRAMES = 16  # H.264 reorders no more; a fall that is made up for so soon is no join


class FilmClock:
    """Turns the times of a film's pictures into times that strictly increase from 0.

    The first picture is at 0, wherever the film begins, so that times below zero do not exist. If a time is
    not above the one before, because recordings were joined or a 33-bit counter wrapped, then time goes on by
    the last interval, and this offset stays for all later pictures. A single picture out of order moves
    nothing else: if a later picture fits the old offset again, then the old offset returns.

    Args:
      step_us: the interval before the film has shown one, in µs.
      cut: whether the format permits times that jump ahead, as MPEG-TS and HLS do; a gap of more than ten
        seconds is then closed too.

    Attributes:
      falls: how often time had to be moved on.
      first_us: the film's own time of its first picture; None before it.
      step_us: the last interval between two pictures.
    """

    def __init__(self, step_us: int, cut: bool = False) -> None:
        self.falls = 0
        self.first_us: int | None = None
        self.step_us = step_us
        self._cut = cut
        self._offset_us = 0
        self._last_us = -1
        self._old_offset_us: int | None = None  # before the last fall
        self._since_fall = 0

    def tick(self, time_us: int | None) -> int:
        """The time of the next picture, in µs, given the film's own; None stands for a missing time."""
        if self._last_us < 0:
            self.first_us = time_us or 0
            self._offset_us = -self.first_us
            self._last_us = 0
            return 0
        last_us = self._last_us
        if time_us is None:
            self._last_us += self.step_us
            return self._last_us
        if self._old_offset_us is not None:
            self._since_fall += 1
            if self._since_fall > _GLITCH_FRAMES:
                self._old_offset_us = None
            elif 0 < time_us + self._old_offset_us - last_us <= _JUMP_US:
                self._offset_us, self._old_offset_us = self._old_offset_us, None
                self.falls -= 1
        now_us = time_us + self._offset_us
        if now_us <= last_us or (self._cut and now_us - last_us > _JUMP_US):
            now_us = last_us + self.step_us
            if self._old_offset_us is None:
                self._old_offset_us = self._offset_us
                self.falls += 1
            self._since_fall = 0
            self._offset_us = now_us - time_us
        else:
            self.step_us = now_us - last_us
        self._last_us = now_us
        return now_us


def microseconds(ticks: int, base: Fraction) -> int:
    """A time in units of `base` seconds, rounded. For every picture, so without adding fractions."""
    return (ticks * base.numerator * 2_000_000 + base.denominator) // (2 * base.denominator)

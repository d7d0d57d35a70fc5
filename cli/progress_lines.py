"""Lines that tell how far a job is where stderr is no terminal. They need no package."""

from __future__ import annotations

import time

_LINE_PERIOD_S = 10.0


class ProgressLines:
    """The lines that tell how far a job is where stderr is no terminal.

    Args:
      what: the name of the units.
      total: their number; None if nobody knows it.
    """

    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total = what, total
        self._start = self._line = time.monotonic()
        # Units and time of the first report. A job that goes on does not begin with 0; one that compiles
        # takes much longer for its first unit.
        self._first: tuple[int, float] | None = None

    def next(self, done: int, *notes: str) -> str | None:
        """The line to print now, or None: one comes every ten seconds, and one with the last unit."""
        now = time.monotonic()
        if done and self._first is None:
            self._first = (done, now)
        if now - self._line < _LINE_PERIOD_S and done != self._total:
            return None
        self._line = now
        count = f"{done}" if self._total is None else f"{done}/{self._total}"
        parts = [f"{self._what} {count}", _clock(now - self._start)]
        if self._total and self._first and self._first[0] < done < self._total:
            pace = (now - self._first[1]) / (done - self._first[0])
            parts.append(f"{_clock(pace * (self._total - done))} left")
        return ", ".join(filter(None, [*parts, *notes]))


def _clock(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"

"""ThreadChoice: chooses between one thread and several for a network, by the times of its calls."""

from __future__ import annotations

# Calls before the first comparison, so that a single photo does not pay for it.
FIRST_CALLS = 8
# Calls of each kind per comparison. The longest does not count.
SAMPLES = 6
# Several threads must take less than this part of one thread's time: to stay chosen, and to be chosen again.
# They use more processor time, which others need, so that equal times speak for one thread.
KEEP, RETURN = 0.95, 0.85
# A comparison costs the time that the slower kind takes longer. It may cost this part of the time, within
# limits in seconds between two comparisons.
COST = 0.01
SHORTEST_S, LONGEST_S = 2.0, 30.0


class ThreadChoice:
    """The number of threads for a network's next call: one or several.

    Several threads are faster on idle cores. Beside a busy process one thread is faster, because several wait
    for the one whose core is taken. The choice begins with several threads. After `FIRST_CALLS` calls, and
    again after at least `SHORTEST_S`, calls of both kinds take turns, and the mean of their times decides.

    Attributes:
      threads: what is chosen.
    """

    def __init__(self, several: int) -> None:
        self.threads = several
        self._several = several
        self._calls = 0
        self._compare_at = 0.0  # in the caller's seconds
        self._times: dict[int, list[float]] = {}  # of the comparison under way, by threads

    def next(self) -> int:
        """The number of threads for the next call."""
        times = self._times
        return min(times, key=lambda threads: len(times[threads])) if times else self.threads

    def add(self, threads: int, seconds: float, now: float) -> None:
        """Takes the time of a call, which ended at `now` seconds of any steady clock."""
        if self._times:
            self._times[threads].append(seconds)
            if all(len(times) == SAMPLES for times in self._times.values()):
                self._decide(now)
            return
        self._calls += 1
        if self._several > 1 and self._calls >= FIRST_CALLS and now >= self._compare_at:
            self._times = {self.threads: [], 1 if self.threads > 1 else self._several: []}

    def _decide(self, now: float) -> None:
        one, several = _mean(self._times[1]), _mean(self._times[self._several])
        limit = KEEP if self.threads > 1 else RETURN
        self.threads = self._several if several < limit * one else 1
        faster = min(one, several)
        lost = sum(max(0.0, seconds - faster) for times in self._times.values() for seconds in times)
        self._compare_at = now + min(max(lost / COST, SHORTEST_S), LONGEST_S)
        self._times = {}


def _mean(times: list[float]) -> float:
    return (sum(times) - max(times)) / (len(times) - 1)

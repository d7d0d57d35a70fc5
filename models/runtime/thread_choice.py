"""ThreadChoice: chooses between one thread and several for a network, by the times of its calls."""

from __future__ import annotations

# Calls before the first comparison, so that a single photo does not pay for it.
FIRST_CALLS = 8
# Calls of each kind per comparison. The longest does not count.
SAMPLES = 6
# Several threads must take less than this part of one thread's time: to stay chosen, and to be chosen again.
# They use more processor time, which others need, so that equal times speak for one thread.
KEEP, RETURN = 0.95, 0.85
# A comparison costs the time that the slower kind takes longer. It may cost this part of the time of all
# calls, within limits in seconds between two comparisons.
COST = 0.01
SHORTEST_S, LONGEST_S = 2.0, 30.0


class ThreadChoice:
    """The number of threads for a network's next call: one or several.

    Several threads are faster on idle cores. Beside a busy process one thread is faster, because several wait
    for the one whose core is taken. The choice begins with several threads. After `FIRST_CALLS` calls, and
    again and again, calls of both kinds take turns, and the mean of their times decides. What a comparison
    has cost says how long the calls after it go on without one. If several threads become as slow as one was,
    the next comparison does not wait for that.

    Attributes:
      threads: what is chosen.
    """

    def __init__(self, several: int) -> None:
        self.threads = several
        self._several = several
        self._first_calls = 0
        self._times: dict[int, list[float]] = {}  # of the comparison under way, by threads
        self._decided_at = 0.0  # in the caller's seconds
        self._spent = self._to_spend = 0.0  # seconds of calls since then, and until the next comparison
        self._recent: list[float] = []  # times of the newest calls with several threads
        self._too_slow = 0.0  # for their mean

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
        elif self._several > 1 and self._is_due(threads, seconds, now):
            self._times = {self.threads: [], 1 if self.threads > 1 else self._several: []}

    def _is_due(self, threads: int, seconds: float, now: float) -> bool:
        """Whether the next call begins a comparison."""
        if self._first_calls < FIRST_CALLS:
            self._first_calls += 1
            return self._first_calls == FIRST_CALLS
        self._spent += seconds
        is_slow = False
        if threads > 1:
            self._recent.append(seconds)
            if len(self._recent) == SAMPLES:
                is_slow = _mean(self._recent) > self._too_slow
                self._recent.clear()
        since_s = now - self._decided_at
        return since_s >= LONGEST_S or (since_s >= SHORTEST_S and (is_slow or self._spent >= self._to_spend))

    def _decide(self, now: float) -> None:
        one, several = _mean(self._times[1]), _mean(self._times[self._several])
        limit = KEEP if self.threads > 1 else RETURN
        self.threads = self._several if several < limit * one else 1
        faster = min(one, several)
        lost = sum(max(0.0, seconds - faster) for times in self._times.values() for seconds in times)
        self._times = {}
        self._decided_at, self._spent, self._to_spend = now, 0.0, lost / COST
        self._recent.clear()
        self._too_slow = KEEP * one


def _mean(times: list[float]) -> float:
    return (sum(times) - max(times)) / (len(times) - 1)

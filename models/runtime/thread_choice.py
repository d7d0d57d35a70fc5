"""ThreadChoice: chooses between one thread and several for a network, by the times of its calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

# Calls before the first comparison, so that a single photo does not pay for it.
FIRST_CALLS = 8
# Calls of each kind per comparison.
SAMPLES = 8
# The newest calls with several threads that count: those between comparisons, and those of comparisons.
WINDOW = 5 * SAMPLES
# Several threads must take less than this part of one thread's time: to stay chosen, and to be chosen again.
# They use more processor time, which others need, so that equal times speak for one thread.
KEEP, RETURN = 1.0, 0.9
# A comparison costs the time that the slower kind takes longer. It may cost this part of the time of all
# calls, within limits in seconds between two comparisons.
COST = 0.005
SHORTEST_S, LONGEST_S = 2.0, 90.0
# Seconds after which the next comparison comes if the newest one changed the choice, or nearly did so, or if
# several threads have become slow.
AGAIN_S = 0.5


class ThreadChoice:
    """The number of threads for a network's next call: one or several.

    Several threads are faster on idle cores. Beside a busy process one thread is faster, because several wait
    for the one whose core is taken. The choice begins with several threads. After `FIRST_CALLS` calls, and
    again and again, calls of both kinds take turns, and the means of their times decide. What a comparison
    has cost says how long the calls after it go on without one. If several threads become as slow as one was,
    the next comparison does not wait for that.

    Beside a busy process, many calls with several threads are as fast as on idle cores, and the others wait
    for milliseconds. So a few fast calls may be luck, and more than those of a comparison decide: to leave
    several threads, also those before it; to return to them, also those of the comparison before it.

    Attributes:
      threads: what is chosen.
    """

    def __init__(self, several: int) -> None:
        self.threads = several
        self._several = several
        self._first_calls = 0
        self._turns: dict[int, list[float]] = {}  # of the comparison under way, times by threads
        self._decided_at = 0.0  # in the caller's seconds
        self._spent = self._to_spend = 0.0  # seconds of calls since then, and until the next comparison
        # Times of calls with several threads: the newest ones if these are chosen, else those of comparisons.
        self._with_several: deque[float] = deque(maxlen=WINDOW)
        self._one = 0.0  # one thread's time in the newest comparison
        self._is_doubtful = False  # whether the next comparison is to come soon

    def next(self) -> int:
        """The number of threads for the next call."""
        turns = self._turns
        return min(turns, key=lambda threads: len(turns[threads])) if turns else self.threads

    def add(self, threads: int, seconds: float, now: float) -> None:
        """Takes the time of a call, which ended at `now` seconds of any steady clock."""
        if threads > 1:
            self._with_several.append(seconds)
        if self._turns:
            self._turns[threads].append(seconds)
            if all(len(times) == SAMPLES for times in self._turns.values()):
                self._decide(now)
        elif self._several > 1 and self._is_due(seconds, now):
            self._turns = {self.threads: [], 1 if self.threads > 1 else self._several: []}

    def _is_due(self, seconds: float, now: float) -> bool:
        """Whether the next call begins a comparison."""
        if self._first_calls < FIRST_CALLS:
            self._first_calls += 1
            return self._first_calls == FIRST_CALLS
        self._spent += seconds
        since_s = now - self._decided_at
        if since_s >= LONGEST_S or (since_s >= SHORTEST_S and self._spent >= self._to_spend):
            return True
        if since_s < AGAIN_S:
            return False
        return self._is_doubtful or self._are_slow()

    def _are_slow(self) -> bool:
        """Whether several threads have become as slow as one. A look at every so many calls, not at each."""
        if self.threads == 1 or len(self._with_several) < WINDOW:
            return False
        is_slow = _without_longest(self._with_several) > KEEP * self._one
        if not is_slow:
            self._with_several.clear()
        return is_slow

    def _decide(self, now: float) -> None:
        turns, was_several = self._turns, self.threads > 1
        one = _without_longest(turns[1])
        # The longest call may have met something short. A return needs more proof, so that it counts there.
        several = _without_longest(self._with_several) if was_several else _mean(self._with_several)
        limit = (KEEP if was_several else RETURN) * one
        newest = _mean(turns[self._several])
        is_enough = was_several or len(self._with_several) >= 2 * SAMPLES
        faster = min(one, newest)
        lost = sum(max(0.0, seconds - faster) for times in turns.values() for seconds in times)
        is_chosen = is_enough and several < limit
        self.threads = self._several if is_chosen else 1
        self._is_doubtful = was_several != is_chosen or (not is_chosen and newest < limit)
        if was_several or is_chosen:
            self._with_several.clear()
        self._turns = {}
        self._decided_at, self._spent, self._to_spend = now, 0.0, lost / COST
        self._one = one


def _mean(times: Sequence[float]) -> float:
    return sum(times) / len(times) if times else 0.0


def _without_longest(times: Sequence[float]) -> float:
    """The mean of all but the longest."""
    return (sum(times) - max(times)) / (len(times) - 1)

"""Means of named figures over a stretch of steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping


class RunningMeans:
    """Gathers figures of one step after another until they are taken."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._steps = 0

    def add(self, figures: Mapping[str, float]) -> None:
        """One step's figures by name."""
        for name, value in figures.items():
            self._sums[name] += float(value)
        self._steps += 1

    def take(self) -> dict[str, float]:
        """The means by name since this was last called, none without a step; begins anew."""
        means = {name: value / self._steps for name, value in self._sums.items()}
        self._sums.clear()
        self._steps = 0
        return means

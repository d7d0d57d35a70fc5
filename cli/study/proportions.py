"""Shares of answers and how sure they are: Wilson's interval, a bootstrap over people, the answers needed."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

_SAMPLES = 10_000
_CHUNK = 500  # samples at once, which bounds the memory
_SEED = 20200619  # of the bootstrap, so that a report repeats


class Interval(NamedTuple):
    """Two shares or differences of shares; a share is from 0 to 1."""

    low: float
    high: float


def wilson_interval(hits: float, count: int, confidence: float) -> Interval:
    """The score interval of a share, E. B. Wilson 1927. It takes the answers as independent of each other.

    Args:
      hits: answers that count; a fraction for an expected share.
      count: all answers, 1 or more.
      confidence: between 0 and 1, such as 0.95.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = hits / count, z * z / count
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    # Rounding must not leave the share itself outside.
    return Interval(min(share, (middle - half) / (1 + spread)), max(share, (middle + half) / (1 + spread)))


def people_interval(hits: np.ndarray, counts: np.ndarray, confidence: float) -> Interval | None:
    """The interval of a share if other people of the same kind had answered: a bootstrap over people.

    The answers of one person resemble each other, so people are drawn, not answers. The bounds are
    percentiles of 10 000 draws.

    Args:
      hits: (P,) int, answers of each person that count.
      counts: (P,) int, all answers of each person.
      confidence: between 0 and 1.

    Returns:
      None for fewer than two people with answers.
    """
    return difference_interval(hits, counts, np.zeros_like(hits), np.zeros_like(counts), confidence)


def difference_interval(
    hits: np.ndarray, counts: np.ndarray, other_hits: np.ndarray, other_counts: np.ndarray, confidence: float
) -> Interval | None:
    """The interval of the difference of two shares, as that of `people_interval`.

    Args:
      hits, counts: (P,) int, of each person, for the first share.
      other_hits, other_counts: the same for the share that is subtracted; only zeros for none.
      confidence: between 0 and 1.

    Returns:
      None for fewer than two people with answers.
    """
    there = (counts > 0) | (other_counts > 0)
    people = int(there.sum())
    if people < 2:
        return None
    columns = np.stack([hits, counts, other_hits, other_counts], axis=1)[there].astype(float)
    generator = np.random.default_rng(_SEED)
    found = []
    for _ in range(_SAMPLES // _CHUNK):
        drawn = generator.multinomial(people, np.full(people, 1 / people), size=_CHUNK)
        sums = drawn @ columns
        with np.errstate(invalid="ignore"):  # a draw without answers of one kind is no draw
            shares = sums[:, 0] / sums[:, 1]
            if other_counts.any():
                shares = shares - sums[:, 2] / sums[:, 3]
        found.append(shares)
    low, high = np.nanpercentile(np.concatenate(found), [50 * (1 - confidence), 50 * (1 + confidence)])
    return Interval(float(low), float(high))


def answers_needed(share: float, half_width: float, confidence: float) -> int:
    """How many independent answers make Wilson's interval at most as wide as ±half_width.

    Args:
      share: that is expected, 0 to 1.
      half_width: such as 0.05 for ±5 points, above 0.
      confidence: between 0 and 1.
    """

    def is_enough(count: int) -> bool:
        low, high = wilson_interval(share * count, count, confidence)
        return high - low <= 2 * half_width

    few, many = 0, 1
    while not is_enough(many):
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if is_enough(middle) else (middle, many)
    return many

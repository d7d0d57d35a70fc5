"""Intervals of shares against published figures, against simulations, and in their limits."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.cli.study.proportions import (
    answers_needed,
    difference_interval,
    people_interval,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits, count, low, high) -> None:
    assert wilson_interval(hits, count, 0.95) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_symmetric_and_stays_between_0_and_1() -> None:
    for hits, count in ((0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (50, 100)):
        low, high = wilson_interval(hits, count, 0.95)
        mirrored = wilson_interval(count - hits, count, 0.95)
        assert 0 <= low <= hits / count <= high <= 1
        assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)
        assert wilson_interval(hits, count, 0.99).high >= high


def test_people_who_agree_with_themselves_widen_the_interval() -> None:
    """20 people give 20 answers each. Those of a person who always says the same are worth one."""
    count = np.full(20, 20)
    alike, divided = np.full(20, 10), np.array([0, 20] * 10)
    assert people_interval(alike, count, 0.95) == (0.5, 0.5)
    low, high = people_interval(divided, count, 0.95)
    expected = wilson_interval(10, 20, 0.95)
    assert (low, high) == pytest.approx(expected, abs=0.04)
    assert high - low > 3 * (wilson_interval(200, 400, 0.95).high - wilson_interval(200, 400, 0.95).low)


def test_the_interval_over_people_covers_the_truth_as_often_as_it_says() -> None:
    """30 studies of 40 people whose own shares scatter by 0.15 around 0.46."""
    generator, covered, wilson_covered = np.random.default_rng(3), 0, 0
    for _ in range(30):
        shares = np.clip(generator.normal(0.46, 0.15, 40), 0, 1)
        count = np.full(40, 15)
        hits = generator.binomial(count, shares)
        low, high = people_interval(hits, count, 0.95)
        covered += low <= 0.46 <= high
        low, high = wilson_interval(int(hits.sum()), int(count.sum()), 0.95)
        wilson_covered += low <= 0.46 <= high
    assert covered >= 0.95 * 30 - 3 * (30 * 0.95 * 0.05) ** 0.5  # three standard deviations of chance
    assert wilson_covered < covered


def test_one_person_has_no_interval_over_people() -> None:
    one = np.array([3, 0]), np.array([5, 0])
    assert people_interval(*one, 0.95) is None
    assert difference_interval(*one, *one, 0.95) is None


def test_a_difference_of_the_same_answers_is_nothing() -> None:
    hits, count = np.array([1, 5, 9, 3]), np.array([10, 10, 10, 10])
    assert difference_interval(hits, count, hits, count, 0.95) == (0, 0)


def test_a_difference_within_people_is_surer_than_that_between_strangers() -> None:
    """Each person takes one AR image less for real than real ones, however many these are."""
    real, count = np.array([2, 5, 9, 3, 7, 6]), np.full(6, 10)
    low, high = difference_interval(real - 1, count, real, count, 0.95)
    assert (low, high) == pytest.approx((-0.1, -0.1), abs=1e-12)


@pytest.mark.parametrize("share", [0.02, 0.38, 0.46, 0.5])
@pytest.mark.parametrize("half_width", [0.1, 0.05, 0.03])
def test_the_answers_needed_are_just_enough(share, half_width) -> None:
    def half(count: int) -> float:
        low, high = wilson_interval(share * count, count, 0.95)
        return (high - low) / 2

    needed = answers_needed(share, half_width, 0.95)
    assert half(needed) <= half_width < half(needed - 1)
    assert answers_needed(share, half_width, 0.99) > needed


def test_the_answers_needed_for_an_even_share() -> None:
    assert answers_needed(0.5, 0.05, 0.95) == 381  # 1.96² · 0.25 / 0.05² − 1.96²

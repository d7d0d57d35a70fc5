"""The choice of photos: pairs first, spread over people, equally many of both kinds."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from attention_mesh.cli.study.balance import balance


def people(choice, real: str, bare: str) -> tuple[str, str]:
    return "".join(sorted(real[i] for i in choice.real)), "".join(sorted(bare[i] for i in choice.bare))


# Each letter is a photo of that person: real, bare, how many of each, expected real, bare and pairs.
TABLE = {
    "everybody on both sides": ("abc", "cba", 3, "abc", "abc", 3),
    "pairs before others": ("axb", "yab", 2, "ab", "ab", 2),
    "others fill the rest": ("axb", "yab", 3, "abx", "aby", 2),
    "each person's first pair first": ("aaab", "aaab", 2, "ab", "ab", 2),
    "several pairs of one person": ("aab", "aab", 3, "aab", "aab", 3),
    "a second photo has no partner": ("aab", "abc", 3, "aab", "abc", 2),
    "nobody on both sides": ("abc", "xyz", 2, None, None, 0),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_choice_is(case: str) -> None:
    real, bare, per_kind, real_people, bare_people, pairs = TABLE[case]
    for seed in range(5):
        choice = balance(real, bare, per_kind, random.Random(seed))
        assert len(choice.real) == len(set(choice.real)) == per_kind
        assert len(choice.bare) == len(set(choice.bare)) == per_kind
        assert choice.pairs == pairs
        if real_people is not None:
            assert people(choice, real, bare) == (real_people, bare_people)


def test_what_has_no_partner_is_spread_over_people() -> None:
    real, bare = "aaaaabcde", "vwxyz"
    for seed in range(5):
        choice = balance(real, bare, 5, random.Random(seed))
        assert Counter(real[i] for i in choice.real) == Counter("abcde")


def test_chance_decides_among_equals_and_the_seed_repeats_it() -> None:
    real, bare = "a" * 20, "b" * 20
    choices = [balance(real, bare, 5, random.Random(seed)) for seed in (1, 1, 2)]
    assert choices[0] == choices[1] != choices[2]

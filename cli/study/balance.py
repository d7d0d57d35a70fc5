"""Balance of a study's set: as many real as AR images, of the same people as far as possible."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple


class Balance(NamedTuple):
    """Which photos a set shows.

    Attributes:
      real, bare: indices of photos with real makeup and of photos that get AR makeup, equally many, in no
        meaningful order.
      pairs: how many of them are pairs of one person's photos.
    """

    real: list[int]
    bare: list[int]
    pairs: int


def balance(real: Sequence[str], bare: Sequence[str], per_kind: int, chance: random.Random) -> Balance:
    """Chooses photos so that the two kinds differ in as little as possible but the makeup.

    Pairs of one person come first, each person's first pair before anyone's second. Photos without a partner
    fill what is left, again spread over people. Chance decides among equals.

    Args:
      real: the person in each photo with real makeup.
      bare: the person in each photo without makeup.
      per_kind: how many of each are wanted, at most the shorter length.
      chance: source of the choices.
    """
    ours, theirs = _by_person(real, chance), _by_person(bare, chance)
    pairs = [
        (turn, chance.random(), one, other)
        for person in sorted(ours.keys() & theirs.keys())
        for turn, (one, other) in enumerate(zip(ours[person], theirs[person], strict=False))
    ]
    pairs = sorted(pairs)[:per_kind]
    chosen_real, chosen_bare = [pair[2] for pair in pairs], [pair[3] for pair in pairs]
    for chosen, photos in ((chosen_real, ours), (chosen_bare, theirs)):
        paired = set(chosen)
        rest = [
            (turn, chance.random(), index)
            for person in sorted(photos)
            for turn, index in enumerate(photos[person])
            if index not in paired
        ]
        chosen += [index for _, _, index in sorted(rest)[: per_kind - len(chosen)]]
    return Balance(chosen_real, chosen_bare, len(pairs))


def _by_person(people: Sequence[str], chance: random.Random) -> dict[str, list[int]]:
    """Person → indices of their photos, in random order."""
    photos: dict[str, list[int]] = {}
    for index, person in enumerate(people):
        photos.setdefault(person, []).append(index)
    for indices in photos.values():
        chance.shuffle(indices)
    return photos

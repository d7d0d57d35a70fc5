"""Expression sampling: random coefficients of the 52 blend shapes, as faces show them together.

The groups of shapes that move together are in co_activation.json.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, blendshape_index

_NEUTRAL = 0.12  # share of faces with gaze and blinks at most
# The number of groups of each half of the face that an expression combines, and their probabilities.
_GROUPS = {"upper": (0.35, 0.5, 0.15), "lower": (0.15, 0.6, 0.25)}
_SINGLE = 0.04  # probability that a shape moves by itself
_ONE_SIDED = 0.12  # probability that an expression is much stronger on one side
_BLINK = 0.25  # probability of a blink
_WINK = 0.12  # probability that a blink is of one eye
_GAZE = 0.35  # standard deviation of the gaze, in units of the eyeLook… shapes
# A rig's jaw at weight 1 opens wider than a person's, and its lips meet before mouthClose reaches jawOpen.
_MOST_OPEN, _CLOSING = 0.85, 0.86


def sample_expressions(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 52) float32 coefficients, 0 to 1, in the order of BLENDSHAPE_NAMES; tongueOut is 0."""
    coefficients = np.zeros((count, len(BLENDSHAPE_NAMES)), np.float32)
    for half, probabilities in _GROUPS.items():
        groups, frequencies = _groups(half)
        numbers = rng.choice(len(probabilities), count, p=probabilities)
        for number in range(1, len(probabilities)):
            chosen = groups[rng.choice(len(groups), count, p=frequencies)]
            strength = rng.beta(1.2, 1.2, (count, 1)) * 1.15
            varied = chosen * strength * rng.uniform(0.5, 1.3, chosen.shape)
            coefficients += np.where((numbers >= number)[:, None], varied, 0)
    alone = rng.random(coefficients.shape) < _SINGLE
    coefficients += np.where(alone, rng.beta(1, 1.5, coefficients.shape), 0)
    _make_asymmetric(rng, coefficients)
    coefficients[rng.random(count) < _NEUTRAL] = 0
    _add_blinks(rng, coefficients)
    coefficients = coefficients.clip(0, 1)
    _add_gaze(rng, coefficients)
    _keep_possible(coefficients)
    coefficients[:, blendshape_index()["tongueOut"]] = 0
    return coefficients


@cache
def _document() -> dict:
    return json.loads(Path(__file__).with_name("co_activation.json").read_text(encoding="utf-8"))


def _both(name: str) -> list[int]:
    """Places of a shape of the table: of both its sides if it has sides."""
    places = blendshape_index()
    return [places[name]] if name in places else [places[f"{name}Left"], places[f"{name}Right"]]


@cache
def _groups(half: str) -> tuple[np.ndarray, np.ndarray]:
    """(G, 52) weights of the groups of one half of the face, and (G,) how often each is chosen."""
    table = np.zeros((len(_document()[half]), len(BLENDSHAPE_NAMES)), np.float32)
    for row, group in enumerate(_document()[half].values()):
        for name, weight in group.items():
            table[row, _both(name)] = weight
    frequencies = np.array([_document()["frequency"].get(name, 1.0) for name in _document()[half]])
    return table, frequencies / frequencies.sum()


def _make_asymmetric(rng: np.random.Generator, coefficients: np.ndarray) -> None:
    """Scales the sides differently: usually a little, sometimes one side nearly to 0."""
    count = len(coefficients)
    left = np.array(
        [name.endswith("Left") and name not in ("jawLeft", "mouthLeft") for name in BLENDSHAPE_NAMES]
    )
    right = np.array(
        [name.endswith("Right") and name not in ("jawRight", "mouthRight") for name in BLENDSHAPE_NAMES]
    )
    share = rng.uniform(0.75, 1.0, (count, 2))
    weak = np.flatnonzero(rng.random(count) < _ONE_SIDED)
    share[weak, rng.integers(2, size=len(weak))] = rng.uniform(0, 0.5, len(weak))
    coefficients[:, left] *= share[:, :1]
    coefficients[:, right] *= share[:, 1:]


def _add_blinks(rng: np.random.Generator, coefficients: np.ndarray) -> None:
    count = len(coefficients)
    blinks = np.where(rng.random(count) < _BLINK, rng.beta(1.2, 0.7, count), 0)
    shares = rng.uniform(0.9, 1.0, (count, 2))
    winks = np.flatnonzero(rng.random(count) < _WINK)
    shares[winks, rng.integers(2, size=len(winks))] = rng.uniform(0, 0.2, len(winks))
    coefficients[:, _both("eyeBlink")] += (blinks[:, None] * shares).astype(np.float32)


def _add_gaze(rng: np.random.Generator, coefficients: np.ndarray) -> None:
    """Turns both eyes together, with a little convergence."""
    count, places = len(coefficients), blendshape_index()
    left, up = rng.normal(0, _GAZE, (2, count)).clip(-1, 1)
    converged = rng.normal(0, 0.05, count)
    for side, outward in (("Left", left - converged), ("Right", -left - converged)):
        for name, amount in (("Out", outward), ("In", -outward), ("Up", up), ("Down", -up)):
            coefficients[:, places[f"eyeLook{name}{side}"]] = amount.clip(0, 1)


def _keep_possible(coefficients: np.ndarray) -> None:
    """Removes what a face cannot do: opposed shapes at once, a jaw too far open, lips through each other."""
    places = blendshape_index()
    pairs = [
        pair
        for first, second in _document()["opposed"]
        for pair in zip(_both(first), _both(second), strict=True)
    ]
    pairs += [(places[first], places[second]) for first, second in _document()["opposed_sides"]]
    for first, second in pairs:
        less = np.minimum(coefficients[:, first], coefficients[:, second])
        coefficients[:, first] -= less
        coefficients[:, second] -= less
    jaw, close = places["jawOpen"], places["mouthClose"]
    coefficients[:, jaw] *= _MOST_OPEN
    coefficients[:, close] = np.minimum(coefficients[:, close], _CLOSING * coefficients[:, jaw])

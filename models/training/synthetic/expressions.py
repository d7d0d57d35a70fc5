"""Expressions: random weights of a face's shapes, by ARKit's names."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

_SIDES = ("Left", "Right")
_PAIRED = (
    "browDown", "browOuterUp", "cheekSquint", "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown",
    "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer",
)  # fmt: skip
_SINGLE = (
    "browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawRight", "mouthFunnel", "mouthLeft",
    "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
)  # fmt: skip
_MOST_OPEN = 0.85  # jawOpen; at 1 the mouth of a rig is open wider than that of a person


def random_expression(rng: np.random.Generator, known: Collection[str]) -> dict[str, float]:
    """Weights, 0 to 1, by name of shapes in `known`: a few of the face, the jaw, blinks and gaze.

    Gaze shapes are included even if unknown, because they turn the eyeballs of every rig.
    """
    weights: dict[str, float] = {}
    names = [*_PAIRED, *_SINGLE]
    for name in rng.choice(names, rng.integers(0, 5), replace=False):
        strength = rng.beta(1.5, 2)
        if name in _SINGLE:
            weights[name] = strength
        else:  # both sides, rarely equal, sometimes only one
            shares = (1, 0) if rng.random() < 0.15 else rng.uniform(0.7, 1, 2)
            for side, share in zip(rng.permutation(_SIDES), shares, strict=True):
                weights[f"{name}{side}"] = strength * share
    if rng.random() < 0.5:
        weights["jawOpen"] = _MOST_OPEN * (rng.beta(1, 2) if rng.random() < 0.8 else rng.beta(3, 1.5))
    if rng.random() < 0.3:
        both = rng.beta(1, 0.8)
        for side in _SIDES if rng.random() < 0.85 else (_SIDES[rng.integers(2)],):
            weights[f"eyeBlink{side}"] = both
    weights = {name: float(weight) for name, weight in weights.items() if weight and name in known}
    return {**weights, **_random_gaze(rng)}


def _random_gaze(rng: np.random.Generator) -> dict[str, float]:
    """Weights of the gaze of both eyes, usually nearly straight."""
    left, up = rng.normal(0, 0.35, 2).clip(-1, 1)
    gaze = {
        "eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": -left, "eyeLookOutRight": -left,
        "eyeLookUpLeft": up, "eyeLookUpRight": up, "eyeLookDownLeft": -up, "eyeLookDownRight": -up,
    }  # fmt: skip
    return {name: float(weight) for name, weight in gaze.items() if weight > 0}

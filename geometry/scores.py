"""Scores: from the raw numbers of a network to probabilities and back."""

from __future__ import annotations

import math

import numpy as np


def presence_scores(logits: np.ndarray) -> np.ndarray:
    """The logistic function of each of F logits: (F,) float32, in [0, 1], within 1e-7; never overflows."""
    # 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2, in which nothing can overflow. A list, because for the few
    # faces of a frame NumPy's calls cost more than the numbers.
    return np.array([math.tanh(logit / 2) / 2 + 0.5 for logit in logits.tolist()], np.float32)


def sigmoid(values: np.ndarray, clip: float | None = None) -> np.ndarray:
    """The logistic function, element by element, of values limited to ±`clip` (None: not limited)."""
    if clip is not None:
        values = np.clip(values, -clip, clip)
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-values))


def score_to_logit(score: float) -> float:
    """The value whose sigmoid is `score`; -inf for a score of 0 or less, +inf for 1 or more."""
    if score <= 0:
        return -np.inf
    if score >= 1:
        return np.inf
    return float(np.log(score / (1 - score)))

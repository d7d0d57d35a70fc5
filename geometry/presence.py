"""From a network's face flag to a probability."""

from __future__ import annotations

import math

import numpy as np


def presence_scores(logits: np.ndarray) -> np.ndarray:
    """The logistic function of each of F logits: (F,) float32, in [0, 1], within 1e-7; never overflows."""
    # 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2, in which nothing can overflow. A list, because for the few
    # faces of a frame NumPy's calls cost more than the numbers.
    return np.array([math.tanh(logit / 2) / 2 + 0.5 for logit in logits.tolist()], np.float32)

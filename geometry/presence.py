"""From a network's face flag to a probability."""

from __future__ import annotations

import numpy as np

# exp of a float32 overflows past 88; a probability below exp(-87) is none.
_LOWEST = np.float32(-87)
_ONE = np.float32(1)


def presence_scores(logits: np.ndarray) -> np.ndarray:
    """The logistic function of each logit: any shape, float32, in (0, 1]; no overflow for any input."""
    return _ONE / (_ONE + np.exp(-np.maximum(logits, _LOWEST)))

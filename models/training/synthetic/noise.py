"""Smooth random fields."""

from __future__ import annotations

import cv2
import numpy as np


def smooth_noise(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """(size, size) float32 of standard deviation about 1, whose bumps are about size / cells pixels wide."""
    coarse = rng.normal(size=(cells + 3, cells + 3)).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    return field / max(float(field.std()), 1e-6)

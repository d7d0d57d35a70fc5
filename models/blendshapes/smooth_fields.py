"""Smooth fields: random displacements that neighboring landmarks share."""

from __future__ import annotations

import numpy as np


class SmoothFields:
    """Draws vector fields on a face from a Gaussian process with a squared exponential covariance.

    Args:
        points: (N, 3), the face.
        length: distance at which the correlation has fallen to 0.6, in the unit of the points.
        modes: of the field; those that vary most.
    """

    def __init__(self, points: np.ndarray, length: float, modes: int) -> None:
        squares = ((points[:, None] - points[None]) ** 2).sum(2)
        values, vectors = np.linalg.eigh(np.exp(-squares / (2 * length**2)))
        self._modes = (vectors[:, -modes:] * np.sqrt(values[-modes:].clip(0))).T.astype(np.float32)

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, N, 3) float32, with a standard deviation of about 1 in each axis."""
        normal = rng.standard_normal((count, 3, len(self._modes)), np.float32)
        return (normal @ self._modes).transpose(0, 2, 1)

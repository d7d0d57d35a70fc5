"""Smooth curves through landmarks: Catmull-Rom splines."""

from __future__ import annotations

from functools import cache

import numpy as np


def smooth_curve(points: np.ndarray, steps: int) -> np.ndarray:
    """The spline through rows of points (Catmull and Rom, "A class of local interpolating splines", 1974).

    Args:
      points: (..., N, 2) float.
      steps: points of the curve per point of the row.

    Returns:
      (..., (N − 1) × steps + 1, 2) float32.
    """
    return curve_basis(points.shape[-2], steps) @ points.astype(np.float32)


@cache
def curve_basis(count: int, steps: int) -> np.ndarray:
    """((count − 1) × steps + 1, count) float32. Beyond the ends, the row of points is straight."""
    padded = np.zeros((count + 2, count))
    padded[1:-1] = np.eye(count)
    padded[0, :2] = padded[-1, [-1, -2]] = (2, -1)
    basis = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]])
    rows = [
        np.power(step / steps, np.arange(4)) @ basis @ padded[first : first + 4]
        for first in range(count - 1)
        for step in range(steps)
    ]
    return np.array([*rows, padded[-2]], np.float32)

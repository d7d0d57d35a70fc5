"""Point maps: the similarity transform or the spline that maps points onto other points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def similarity(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation and shift that map source to target points by least squares (Umeyama 1991).

    Args:
        source: (N, D).
        target: (N, D).

    Returns:
        scale, rotation (D, D) and shift (D,): target ≈ scale · source @ rotation.T + shift.
    """
    middle, aim = source.mean(0), target.mean(0)
    left, values, right = np.linalg.svd((target - aim).T @ (source - middle))
    sign = np.ones(len(values))
    sign[-1] = np.sign(np.linalg.det(left @ right))
    turn = (left * sign) @ right
    scale = (values * sign).sum() / ((source - middle) ** 2).sum()
    return scale, turn, aim - scale * turn @ middle


def radial_spline(
    places: np.ndarray, moves: np.ndarray, softness: float = 0.0
) -> Callable[[np.ndarray], np.ndarray]:
    """A smooth displacement field: a radial basis spline with the kernel r and an affine part.

    Args:
        places: (N, D).
        moves: (N, E), the displacement at each place.
        softness: in units of `places`; 0 gives the moves exactly, more gives a smoother field.

    Returns:
        A function from points (M, D) to their displacements (M, E), float64.
    """
    count, dimensions = places.shape
    affine = np.c_[np.ones(count), places]
    system = np.zeros((count + dimensions + 1, count + dimensions + 1))
    system[:count, :count] = np.linalg.norm(places[:, None] - places, axis=2)
    system[:count, :count] -= softness * np.eye(count)  # −r is the positive kernel
    system[:count, count:], system[count:, :count] = affine, affine.T
    weights = np.linalg.solve(system, np.r_[moves, np.zeros((dimensions + 1, moves.shape[1]))])

    def displacement(points: np.ndarray) -> np.ndarray:
        squares = (points**2).sum(1)[:, None] + (places**2).sum(1) - 2 * points @ places.T
        return np.c_[np.sqrt(np.maximum(squares, 0)), np.ones(len(points)), points] @ weights

    return displacement

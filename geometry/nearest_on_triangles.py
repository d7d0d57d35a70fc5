"""Nearest on triangles: the points of a surface that are nearest to given points."""

from __future__ import annotations

import numpy as np

_CANDIDATES = 60  # triangles with the nearest middles, which are searched for the nearest point


def nearest_on_triangles(points: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest point of a surface to each point.

    The result is exact unless a triangle is so large that its middle is not among the 60 nearest.

    Args:
        points: (N, 3).
        corners: (T, 3, 3) of the triangles.

    Returns:
        (N,) int64 triangles, and (N, 3) float64 shares of their corners.
    """
    middles = corners.mean(1)
    count = min(_CANDIDATES, len(corners))
    triangles = np.zeros(len(points), np.int64)
    shares = np.zeros((len(points), 3))
    for row, point in enumerate(points):
        squares = ((middles - point) ** 2).sum(1)
        near = np.argpartition(squares, count - 1)[:count]
        near = near[np.argsort(squares[near])]
        options = _shares(point, corners[near].astype(np.float64))
        away = ((np.einsum("tc,tcd->td", options, corners[near]) - point) ** 2).sum(1)
        best = int(away.argmin())
        triangles[row], shares[row] = near[best], options[best]
    return triangles, shares


def _shares(point: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(T, 3) shares of the nearest point in each triangle.

    It is the foot of the perpendicular if that is inside, else the nearest point of the three edges.
    """
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    to = point - a
    d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
    d20, d21 = (to * ab).sum(1), (to * ac).sum(1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-18)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], 1)
    candidates = [np.where(np.all(inside >= 0, axis=1, keepdims=True), inside, np.nan)]
    for first in range(3):
        second = (first + 1) % 3
        edge = corners[:, second] - corners[:, first]
        along = ((point - corners[:, first]) * edge).sum(1) / np.maximum((edge**2).sum(1), 1e-18)
        share = np.zeros((len(corners), 3))
        share[:, second] = along.clip(0, 1)
        share[:, first] = 1 - share[:, second]
        candidates.append(share)
    options = np.stack(candidates)
    away = ((np.einsum("otc,tcd->otd", options, corners) - point) ** 2).sum(2)
    return options[np.nan_to_num(away, nan=np.inf).argmin(0), np.arange(len(corners))]

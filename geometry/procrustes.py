"""Weighted Procrustes: the similarity that brings one set of points nearest to others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention_mesh.geometry.number_arrays import number_array


class Similarities(NamedTuple):
    """Changes of size, direction and place, one per set of points: x becomes scale · rotation · x +
    translation.

    Attributes:
        scales: (F,) float64, not negative.
        rotations: (F, 3, 3) float64, without reflections.
        translations: (F, 3) float64.
    """

    scales: np.ndarray
    rotations: np.ndarray
    translations: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """(F, N, 3) of points (F, N, 3) or (N, 3), in their dtype."""
        turns = (self.scales[:, None, None] * self.rotations).transpose(0, 2, 1).astype(points.dtype)
        return points @ turns + self.translations[:, None].astype(points.dtype)

    def undo(self, points: np.ndarray) -> np.ndarray:
        """The inverse of `apply`: (F, N, 3) of points (F, N, 3); not finite if a scale is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            turns = (self.rotations / self.scales[:, None, None]).astype(points.dtype)
            return (points - self.translations[:, None].astype(points.dtype)) @ turns


class WeightedProcrustes:
    """Fits a set of points to others of the same number, by weighted least squares.

    The solution is Umeyama's (Least-Squares Estimation of Transformation Parameters Between Two Point
    Patterns, 1991), with weights as in Akca (Generalized Procrustes Analysis and its Applications in
    Photogrammetry, 2003, section 2.4).

    Args:
        source: (N, 3), the points that are moved.
        weights: (N,), not negative; only their ratios count. None weighs all points alike.
        with_scale: false keeps the scales at 1.
        needs_rotation: whether points on a line, which do not tell a rotation, are an error. If false, they
            are not turned, only moved and scaled. The scale of a single point is 1.

    Raises:
        ValueError: a shape is wrong, a weight is negative or not finite, or the points lie on a line.
    """

    def __init__(
        self,
        source: np.ndarray,
        weights: np.ndarray | None = None,
        *,
        with_scale: bool = True,
        needs_rotation: bool = True,
    ) -> None:
        points = number_array(source, "points", "(points, 3)").astype(np.float64)
        if points.ndim != 2 or points.shape[1] != 3:
            raise ValueError(f"points have shape {points.shape}; expected (points, 3)")
        count = len(points)
        shares = np.ones(count) if weights is None else np.asarray(weights, np.float64)
        if shares.shape != (count,):
            raise ValueError(f"weights have shape {shares.shape}; expected one for each of {count} points")
        if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.sum() > 0):
            raise ValueError("weights must be finite, not negative, and not all 0")
        shares = shares / shares.sum()
        self._center = shares @ points
        centered = points - self._center
        moments = (centered * shares[:, None]).T @ centered
        spread = np.linalg.eigvalsh(moments)
        self._turns = bool(spread[1] > 1e-9 * spread[2])
        if needs_rotation and not self._turns:
            raise ValueError("the weighted points lie on a line; a rotation needs three that span a plane")
        self._spread = spread.sum()
        self._scales = with_scale and bool(self._spread > 1e-12 * (shares @ (points * points).sum(1)))
        # Columns 0 to 2 give the moments, column 3 the center. The targets need not be centered: the weighted
        # sum of `centered` is 0.
        self._shares = np.concatenate([centered * shares[:, None], shares[:, None]], 1)
        self.num_points = count

    def fit(self, targets: np.ndarray) -> Similarities:
        """The similarities that bring the source nearest to each of the targets (F, N, 3).

        If all targets of a set are one point, then its scale is 0.

        Raises:
            ValueError: the shape is wrong, or a coordinate is not finite.
        """
        if targets.ndim != 3 or targets.shape[1:] != (self.num_points, 3):
            raise ValueError(f"targets have shape {targets.shape}; expected (F, {self.num_points}, 3)")
        products = targets.transpose(0, 2, 1) @ self._shares  # (F, 3, 4)
        if not np.isfinite(products).all():
            wrong = np.flatnonzero(~np.isfinite(products).all((1, 2)))[0]
            raise ValueError(f"points of face {wrong} are not finite numbers")
        if self._turns:
            left, sizes, right = np.linalg.svd(products[:, :, :3])
            rotations = left @ right
            is_mirrored = np.linalg.det(rotations) < 0
            if is_mirrored.any():  # a reflection becomes a rotation if the smallest axis changes its sign
                left[is_mirrored, :, 2] *= -1
                sizes[is_mirrored, 2] *= -1
                rotations = left @ right
            lengths = sizes.sum(1)
        else:
            rotations = np.repeat(np.eye(3)[None], len(products), 0)
            lengths = np.linalg.norm(products[:, :, :3], axis=(1, 2))
        scales = np.maximum(lengths, 0) / self._spread if self._scales else np.ones(len(products))
        return Similarities(
            scales, rotations, products[:, :, 3] - scales[:, None] * (rotations @ self._center)
        )

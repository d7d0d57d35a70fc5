"""Shapes of eyes: the lids' rims, the rings around them, the brow and the iris, as curves in the image."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.smooth_curve import smooth_curve
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

POINTS = 33  # of every curve, from the outer corner of the eye to the inner one
_RINGS = ("lid", "lid_fold", "orbit")
_ROWS = tuple(f"right_{side}_{ring}" for side in ("upper", "lower") for ring in _RINGS)
_BROW = ("right_lower_brow", "right_upper_brow")
_FARTHEST_PX = 1 << 20  # far beyond any image, and still below the overflow of OpenCV's integers
# Cosine of the angle between the eye's normal and the view at which makeup begins to show, and shows fully.
_HIDDEN, _SEEN = 0.12, 0.4


class EyeShape(NamedTuple):
    """One eye. All points are pixels of the image, (…, 2) float32; a curve has POINTS points.

    Attributes:
      upper: (4, POINTS, 2) the upper lid's rim, its fold, the orbit's upper half and the brow's lower rim.
      lower: (3, POINTS, 2) the lower lid's rim, its fold and the orbit's lower half.
      brow: (2, POINTS, 2) the brow's lower and upper rims, from its tail to its head.
      iris: (5, 2) center, and four points of the rim around it; None if it is unknown.
      width_px: distance of the eye's corners, as far as z is known also in depth.
      openness: height of the opening relative to the width.
      facing: 1 if the eye faces the viewer, 0 if it is turned away.
    """

    upper: np.ndarray
    lower: np.ndarray
    brow: np.ndarray
    iris: np.ndarray | None
    width_px: float
    openness: float
    facing: float

    @property
    def opening(self) -> np.ndarray:
        """(2 × POINTS, 2) the polygon between the lids."""
        return np.concatenate([self.upper[0], self.lower[0, ::-1]])


def eye_shapes(landmarks_px: np.ndarray) -> list[EyeShape]:
    """The eyes of a face, the subject's right one first; one with a landmark that is not finite is left out.

    Args:
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer. The
        irises need 478.
    """
    return [shape for left in (False, True) if (shape := _shape(landmarks_px, left)) is not None]


def _shape(landmarks_px: np.ndarray, left: bool) -> EyeShape | None:
    rows, brow, iris = _tables(left)
    points = landmarks_px[rows].astype(np.float32)
    brow_points = landmarks_px[brow].astype(np.float32)
    if not (np.isfinite(points[..., :2]).all() and np.isfinite(brow_points[..., :2]).all()):
        return None
    np.clip(points, -_FARTHEST_PX, _FARTHEST_PX, out=points)
    np.clip(brow_points, -_FARTHEST_PX, _FARTHEST_PX, out=brow_points)
    curves = smooth_curve(points[..., :2], (POINTS - 1) // (rows.shape[1] - 1))
    brow_curves = smooth_curve(brow_points[..., :2], (POINTS - 1) // (brow.shape[1] - 1))
    upper, lower = np.concatenate([curves[:3], brow_curves[:1]]), curves[3:]
    corners = points[0, [0, -1]]
    width_px = float(np.linalg.norm(corners[1] - corners[0]))
    if not np.isfinite(width_px) or width_px <= 0:
        return None
    # Which way is down: the lids of a closed eye may cross.
    down = (lower[2] - upper[2]).mean(axis=0)
    down /= max(float(np.linalg.norm(down)), 1e-6)
    gap = (lower[0] - upper[0]) @ down
    crossed = gap < 0
    upper[0, crossed] = lower[0, crossed] = (upper[0, crossed] + lower[0, crossed]) / 2
    rim = landmarks_px[iris, :2].astype(np.float32) if len(landmarks_px) > iris.max() else None
    if rim is not None and not (np.isfinite(rim).all() and np.abs(rim).max() < _FARTHEST_PX):
        rim = None
    return EyeShape(
        upper,
        lower,
        brow_curves,
        rim,
        width_px,
        float(max(gap.max(), 0)) / width_px,
        _facing(points, left),
    )


def _facing(points: np.ndarray, left: bool) -> float:
    """How far an eye faces the viewer, by the plane of its orbit: `points` (6, 9, 3 or 2)."""
    across = points[0, -1] - points[0, 0]
    down = points[5, 2:-2].mean(axis=0) - points[2, 2:-2].mean(axis=0)
    depth = float(across[0] * down[1] - across[1] * down[0]) * (-1 if left else 1)
    if points.shape[-1] < 3 or not np.isfinite(points).all():
        return float(depth > 0)
    cosine = depth / max(float(np.linalg.norm(np.cross(across, down))), 1e-6)
    return float(np.clip((cosine - _HIDDEN) / (_SEEN - _HIDDEN), 0, 1))


@cache
def _tables(left: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Landmarks of the rows (6, 9), of the brow (2, 5) and of the iris (5,), from outer to inner corner."""
    groups = landmark_groups()
    tables = (
        np.stack([groups[name] for name in _ROWS]),
        np.stack([groups[name] for name in _BROW]),
        groups["right_iris"],
    )
    if left:
        mirror = mirror_landmarks()
        return mirror[tables[0]], mirror[tables[1]], mirror[tables[2]]
    return tables

"""Shapes of eyes: the lids' rims, the rings around them, the brow and the iris, as curves in the image."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.facing import facing_share
from attention_mesh.drawing.makeup.smooth_curve import smooth_curve
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

POINTS = 33  # of every curve, from the outer corner of the eye to the inner one
ALONG = np.linspace(0, 1, POINTS, dtype=np.float32)
"""Place of each point on a curve: 0 at the outer corner, 1 at the inner one."""
_SIDES = ("right", "left")
_RINGS = ("lid", "lid_fold", "orbit")
_ROWS = tuple(f"right_{side}_{ring}" for side in ("upper", "lower") for ring in _RINGS)
_BROW = ("right_lower_brow", "right_upper_brow")
# Cosines at which an eye is hidden, and is seen: the nose hides it before it is turned away.
_FADE = (0.3, 0.55)
_FARTHEST_PX = 1 << 20  # far beyond any image


class EyeShape(NamedTuple):
    """One eye. All points are pixels of the image, (…, 2) float32; a curve has POINTS points.

    Attributes:
      upper: (4, POINTS, 2) the upper lid's rim, its fold, the orbit's upper half and the brow's lower rim.
      lower: (3, POINTS, 2) the lower lid's rim, its fold and the orbit's lower half.
      brow: (2, POINTS, 2) the brow's lower and upper rims, from its tail to its head.
      iris: (5, 2) center, and four points of the rim around it; None if it is unknown.
      down: (2,) unit vector from the brow to the cheek.
      width_px: distance of the eye's corners, as far as z is known also in depth.
      openness: height of the opening relative to the width.
      facing: 1 if the eye faces the viewer, 0 if it is turned away.
      side: "right" or "left", the subject's.
    """

    upper: np.ndarray
    lower: np.ndarray
    brow: np.ndarray
    iris: np.ndarray | None
    down: np.ndarray
    width_px: float
    openness: float
    facing: float
    side: str

    @property
    def opening(self) -> np.ndarray:
        """(2 × POINTS, 2) the polygon between the lids."""
        return np.concatenate([self.upper[0], self.lower[0, ::-1]])


def eye_shapes(landmarks_px: np.ndarray) -> list[EyeShape]:
    """The eyes of a face that can be seen, the subject's right one first.

    Args:
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer. The
        irises need 478. An eye with a landmark that is not finite is left out.
    """
    rows, brows, irises = _tables()
    points = landmarks_px[rows].astype(np.float32)
    brow_points = landmarks_px[brows, :2].astype(np.float32)
    finite = np.isfinite(points[..., :2]).all(axis=(1, 2, 3)) & np.isfinite(brow_points).all(axis=(1, 2, 3))
    curves = smooth_curve(_near(points[..., :2]), (POINTS - 1) // (rows.shape[-1] - 1))
    brow_curves = smooth_curve(_near(brow_points), (POINTS - 1) // (brows.shape[-1] - 1))
    rims = landmarks_px[irises, :2].astype(np.float32) if len(landmarks_px) > irises.max() else None
    shapes = []
    for side in (0, 1):
        facing = facing_share(points[side][_PLANE], bool(side), _FADE) if finite[side] else 0
        if facing > 0:
            rim = None if rims is None else rims[side]
            shape = _shape(curves[side], brow_curves[side], rim, points[side, 0], facing, _SIDES[side])
            if shape is not None:
                shapes.append(shape)
    return shapes


# Of (6, 9) landmarks: the outer and the inner corner, and the middles of the upper and the lower orbit.
_PLANE = (np.array([0, 0, 2, 5]), np.array([0, -1, 4, 4]))


def _shape(
    curves: np.ndarray, brow: np.ndarray, rim: np.ndarray | None, lid: np.ndarray, facing: float, side: str
) -> EyeShape | None:
    """One eye of its curves (6, POINTS, 2), those of its brow, its iris, and its upper lid's landmarks."""
    upper, lower = np.concatenate([curves[:3], brow[:1]]), curves[3:]
    width_px = math.dist(lid[0], lid[-1])
    if not math.isfinite(width_px):
        width_px = math.dist(lid[0, :2], lid[-1, :2])
    down = (lower[2] - upper[2]).mean(axis=0)
    length = math.hypot(*down)
    if not 0 < width_px < _FARTHEST_PX or length <= 0:
        return None
    down /= length
    # The lids of a closed eye may cross.
    gap = (lower[0] - upper[0]) @ down
    crossed = gap < 0
    upper[0, crossed] = lower[0, crossed] = (upper[0, crossed] + lower[0, crossed]) / 2
    if rim is not None and not np.abs(rim).max() < _FARTHEST_PX:
        rim = None
    openness = max(float(gap.max()), 0) / width_px
    return EyeShape(upper, lower, brow, rim, down, width_px, openness, facing, side)


def _near(points: np.ndarray) -> np.ndarray:
    return np.clip(np.nan_to_num(points, copy=False), -_FARTHEST_PX, _FARTHEST_PX)


@cache
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Landmarks of the rows (2, 6, 9), of the brows (2, 2, 5) and of the irises (2, 5): right, left."""
    groups, mirror = landmark_groups(), mirror_landmarks()
    right = (
        np.stack([groups[name] for name in _ROWS]),
        np.stack([groups[name] for name in _BROW]),
        groups["right_iris"],
    )
    rows, brows, irises = (np.stack([table, mirror[table]]) for table in right)
    return rows, brows, irises

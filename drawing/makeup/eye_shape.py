"""Shapes of eyes: the lids' rims, the rings around them, the brow and the iris, as curves in the image."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


class EyeShapes(NamedTuple):
    """E eyes of a face. All points are pixels of the image, (…, 2) float32; a curve has POINTS points.

    Attributes:
      upper: (E, 4, POINTS, 2) the upper lid's rim, its fold, the orbit's upper half, the brow's lower rim.
      lower: (E, 3, POINTS, 2) the lower lid's rim, its fold and the orbit's lower half.
      brow: (E, 2, POINTS, 2) the brow's lower and upper rims, from its tail to its head.
      iris: (E, 5, 2) center, and four points of the rim around it; NaN if it is unknown.
      down: (E, 2) unit vectors from the brow to the cheek.
      outward: (2, E, POINTS, 2) unit vectors across the rims of the upper and of the lower lids, to the skin.
      width_px: (E,) distance of the eye's corners, as far as z is known also in depth.
      openness: (E,) height of the opening relative to the width.
      facing: (E,) 1 if the eye faces the viewer, 0 if it is turned away.
      sides: "right" or "left" for each, the subject's.
    """

    upper: np.ndarray
    lower: np.ndarray
    brow: np.ndarray
    iris: np.ndarray
    down: np.ndarray
    outward: np.ndarray
    width_px: np.ndarray
    openness: np.ndarray
    facing: np.ndarray
    sides: tuple[str, ...]

    @property
    def opening(self) -> np.ndarray:
        """(E, 1, 2 × POINTS, 2) the polygons between the lids."""
        return np.concatenate([self.upper[:, :1], self.lower[:, :1, ::-1]], axis=2)

    @property
    def size_px(self) -> float:
        """The mean width."""
        return float(np.add.reduce(self.width_px)) / len(self.sides)

    def only(self, kept: Sequence[int]) -> EyeShapes:
        """Some of the eyes, by their numbers."""
        index = list(kept)
        return EyeShapes(
            self.upper[index],
            self.lower[index],
            self.brow[index],
            self.iris[index],
            self.down[index],
            self.outward[:, index],
            self.width_px[index],
            self.openness[index],
            self.facing[index],
            tuple(self.sides[each] for each in index),
        )


def eye_shapes(landmarks_px: np.ndarray) -> EyeShapes:
    """The eyes of a face that can be seen, the subject's right one first.

    Args:
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer. The
        irises need 478. An eye with a landmark that is not finite is left out.
    """
    rows, brows, irises = _tables()
    points = landmarks_px[rows].astype(np.float32)
    lids, brow = points[..., :2], landmarks_px[brows, :2].astype(np.float32)
    finite = [True, True]
    if not (np.abs(lids).max() < _FARTHEST_PX and np.abs(brow).max() < _FARTHEST_PX):  # so for NaN too
        finite = [bool(np.isfinite(lids[side]).all() and np.isfinite(brow[side]).all()) for side in (0, 1)]
        lids, brow = _near(lids), _near(brow)
    curves = smooth_curve(lids, (POINTS - 1) // (rows.shape[-1] - 1))
    brow = smooth_curve(brow, (POINTS - 1) // (brows.shape[-1] - 1))
    iris = np.full((2, 5, 2), np.nan, np.float32)
    if len(landmarks_px) > irises.max():
        iris = landmarks_px[irises, :2].astype(np.float32)
        if not np.abs(iris).max() < _FARTHEST_PX:  # so for NaN too
            iris[~(np.abs(iris) < _FARTHEST_PX).all(axis=(1, 2))] = np.nan
    upper, lower = np.concatenate([curves[:, :3], brow[:, :1]], axis=1), curves[:, 3:]
    down = np.add.reduce(lower[:, 2] - upper[:, 2], axis=1)
    length = np.hypot(*down.T)
    down /= np.maximum(length, 1e-6)[:, None]
    # The lids of a closed eye may cross.
    gap = np.einsum("epc,ec->ep", lower[:, 0] - upper[:, 0], down)
    if gap.min() < 0:
        crossed = gap < 0
        middle = (upper[:, 0] + lower[:, 0])[crossed] / 2
        upper[:, 0][crossed] = lower[:, 0][crossed] = middle
    corners = points[:, 0, :: points.shape[2] - 1].tolist()
    widths = np.array([_distance(*pair) for pair in corners], np.float32)
    planes = points[_PLANES]
    facing = [facing_share(planes[side], side == 1, _FADE) if finite[side] else 0.0 for side in (0, 1)]
    openness = np.maximum(gap.max(axis=1), 0) / np.maximum(widths, 1e-6)
    outward = _normals(np.array([upper[:, 0], lower[:, 0]]), np.array([-down, down]))
    both = EyeShapes(
        upper,
        lower,
        brow,
        iris,
        down,
        outward,
        widths,
        openness,
        np.array(facing, np.float32),
        _SIDES,
    )
    seen = [
        side for side in (0, 1) if facing[side] > 0 and 0 < widths[side] < _FARTHEST_PX and length[side] > 0
    ]
    return both if len(seen) == 2 else both.only(seen)


# Of (2, 6, 9) landmarks: the outer and the inner corner, and the middles of the upper and the lower orbit.
_PLANES = (slice(None), np.array([0, 0, 2, 5]), np.array([0, -1, 4, 4]))


def _normals(curves: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """(…, P, 2) unit vectors across curves (…, P, 2), on the side to which (…, 2) point."""
    along = np.empty_like(curves)
    np.subtract(curves[..., 2:, :], curves[..., :-2, :], out=along[..., 1:-1, :])
    np.subtract(curves[..., 1, :], curves[..., 0, :], out=along[..., 0, :])
    np.subtract(curves[..., -1, :], curves[..., -2, :], out=along[..., -1, :])
    x, y = along[..., 0], along[..., 1]
    length = np.maximum(np.sqrt(x * x + y * y), 1e-6)
    normals = np.empty_like(curves)
    np.divide(y, length, out=normals[..., 0])
    np.divide(x, -length, out=normals[..., 1])
    inward = np.einsum("...pc,...c->...", normals, outward) <= 0
    normals *= np.where(inward, np.float32(-1), np.float32(1))[..., None, None]
    return normals


def _distance(one: list[float], other: list[float]) -> float:
    distance = math.dist(one, other)
    return distance if math.isfinite(distance) else math.dist(one[:2], other[:2])


def _near(points: np.ndarray) -> np.ndarray:
    return np.clip(np.nan_to_num(points), -_FARTHEST_PX, _FARTHEST_PX)


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

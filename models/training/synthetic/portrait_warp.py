"""Portrait warp: a photo of a face, changed so that its landmarks come to other places."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from attention_mesh.models.topology.landmark_groups import interocular_distance
from attention_mesh.models.training.synthetic.face_rig import rotation
from attention_mesh.models.training.synthetic.point_maps import radial_spline

FLIPPED = np.array([1, -1, -1])
"""From landmarks of a picture to a rig's frame, whose y and z axes point the other way, and back."""

_PIVOT = 0.5  # distance of the head's pivot behind the landmarks, in interocular distances
_STEP = 4  # px between the places whose move is computed; moves in between are interpolated
_SOFTNESS = 0.3  # px, of the spline: landmarks that meet, as of closing lips, may stay together
_STEPS_BACK = 4  # of the fixed-point iteration
_RIM = np.linspace(0, 1, 9)[:-1]


def turned_landmarks(points: np.ndarray, yaw_deg: float, pitch_deg: float) -> np.ndarray:
    """The landmarks after the head has turned about its pivot, in weak perspective.

    Args:
        points: (478, 3) px.
        yaw_deg: to the subject's left.
        pitch_deg: up.
    """
    pivot = points.mean(0) + (0, 0, _PIVOT * interocular_distance(points))
    turn = rotation(math.radians(yaw_deg), math.radians(pitch_deg), 0.0)
    return ((points - pivot) * FLIPPED) @ turn.T * FLIPPED + pivot


def warped(image: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The picture warped so that `old` (N, 2) px comes to `new`; its rim stays.

    The warp is a `radial_spline` from new places back to old ones.

    Args:
        image: (S, S, 3) uint8.
        old: (N, 2) px.
        new: (N, 2) px.
    """
    size = image.shape[0]
    rim = _rim(size)
    places = np.concatenate([new, rim])
    back = np.concatenate([old - new, np.zeros_like(rim)])
    spline = radial_spline(places, back, _SOFTNESS)
    grid, shape = _grid(size)
    moves = spline(grid).reshape(*shape, 2).astype(np.float32)
    column, row = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    fine = cv2.remap(moves, column / _STEP, row / _STEP, cv2.INTER_LINEAR)
    return cv2.remap(
        image, column + fine[:, :, 0], row + fine[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


class RepeatedWarp:
    """Warps pictures from the same old places to any new ones, in a few milliseconds.

    The spline from the old places is solved once. It is followed backward from each pixel by a fixed-point
    iteration, which ends beside folds instead of on the other side.

    Args:
        size: side of the pictures in pixels.
        old: (N, 2) px.
    """

    def __init__(self, size: int, old: np.ndarray) -> None:
        self._old = old
        places = np.concatenate([old, _rim(size)])
        grid, self._shape = _grid(size)
        unit_moves = radial_spline(places, np.eye(len(places)), _SOFTNESS)
        # (grid points, N): what each place's move does to each point.
        self._shares = unit_moves(grid)[:, : len(old)].astype(np.float32)
        column, row = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
        self._column, self._row = column, row

    def __call__(self, image: np.ndarray, new: np.ndarray) -> np.ndarray:
        """The (S, S, 3) uint8 picture with `old` at `new` (N, 2) px; its rim stays."""
        moves = (self._shares @ (new - self._old).astype(np.float32)).reshape(*self._shape, 2)
        x, y = self._column, self._row
        for _ in range(_STEPS_BACK):
            there = cv2.remap(moves, x / _STEP, y / _STEP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            x, y = self._column - there[:, :, 0], self._row - there[:, :, 1]
        return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _grid(size: int) -> tuple[np.ndarray, tuple[int, int]]:
    """Points (M, 2) px, every `_STEP` px, in rows, and the numbers of rows and columns."""
    x, y = np.meshgrid(np.arange(0, size + _STEP, _STEP), np.arange(0, size + _STEP, _STEP))
    return np.stack([x.ravel(), y.ravel()], 1) + 0.5, x.shape


def _rim(size: int) -> np.ndarray:
    """(K, 2) px, places along the four sides of a picture."""
    along = _RIM * (size - 1)
    return np.concatenate([np.stack(pair, 1) for pair in _sides(along, size - 1)])


def _sides(along: np.ndarray, last: float) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    """x and y of places along the four sides of a picture."""
    zero, end = np.zeros_like(along), np.full_like(along, last)
    return [(along, zero), (end, along), (last - along, end), (zero, last - along)]

"""Normalized landmarks: those of all faces of a frame, in fractions of the frame's size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

# NumPy nearly always has one object for it; comparing types by value costs more than the other checks.
_FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True, slots=True)
class NormalizedLandmarks:
    """Landmarks of F faces with N points each, as fractions of the frame they belong to.

    Equality is identity: to compare values, compare `points`. Other dtypes are converted to float32.

    Attributes:
      points: (F, N, 3) float32; x by the frame's width, y by its height, origin top-left, y down; z by the
        frame's *width*, so that it is on x's scale, 0 near the head's center, smaller is nearer. Points may
        lie outside [0, 1] if the face leaves the frame. F is 0 if there is no face.

    Raises:
      ValueError: the shape is another.
    """

    points: np.ndarray

    def __post_init__(self) -> None:
        points = self.points
        if not (type(points) is np.ndarray and points.dtype is _FLOAT32):
            points = np.asarray(points, np.float32)
            object.__setattr__(self, "points", points)
        if points.ndim != 3 or points.shape[2] != 3:
            raise ValueError(
                f"landmarks have shape {points.shape}; expected (faces, landmarks, 3) with x, y, z"
            )

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __len__(self) -> int:
        """Number of faces F."""
        return len(self.points)

    @classmethod
    def empty(cls, num_landmarks: int = 478) -> NormalizedLandmarks:
        """No face, of a mesh with `num_landmarks` points: points (0, N, 3)."""
        return cls(np.zeros((0, num_landmarks, 3), np.float32))

    @classmethod
    def concatenate(cls, parts: list[NormalizedLandmarks]) -> NormalizedLandmarks:
        """All faces of `parts` in their order; all must have the same number of landmarks.

        Raises:
          ValueError: `parts` is empty or the numbers of landmarks differ.
        """
        sizes = sorted({part.points.shape[1] for part in parts})
        if len(sizes) != 1:
            raise ValueError(f"faces of {sizes} landmarks do not go together; expected one number")
        return cls(np.concatenate([part.points for part in parts]))

    def take(self, faces: np.ndarray) -> NormalizedLandmarks:
        """The chosen faces, by index array (K,) int or mask (F,) bool, in that order."""
        return NormalizedLandmarks(self.points[faces])

    def in_pixels(self, size: tuple[int, int]) -> np.ndarray:
        """(F, N, 3) float32 in pixels of a frame of `size` = (width, height); z is scaled by the width."""
        return self.points * _pixel_scale(size, self.points.shape[1])

    @classmethod
    def from_pixels(cls, points_px: np.ndarray, size: tuple[int, int]) -> NormalizedLandmarks:
        """The inverse of `in_pixels`: (F, N, 3) in pixels of a frame of `size` = (width, height)."""
        width, height = size
        if width <= 0 or height <= 0:
            raise ValueError(f"frame size (width, height) is {size}; both must be above 0")
        return cls(
            np.asarray(points_px, np.float32) * np.array([1 / width, 1 / height, 1 / width], np.float32)
        )


def landmark_bounds(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest x, y of each face: two (F, 2) float32 arrays in the unit of `points`.

    Args:
      points: (F, N, 2 or 3) float32 with N at least 1.

    Raises:
      ValueError: N is 0.
    """
    if points.shape[1] == 0:
        raise ValueError(f"landmarks of shape {points.shape} have no box: there is no landmark")
    # Reducing along a contiguous last axis is ten times faster than along the middle one.
    xy = points.transpose(0, 2, 1)[:, :2].copy()
    return np.minimum.reduce(xy, axis=2), np.maximum.reduce(xy, axis=2)


@lru_cache(maxsize=8)
def _pixel_scale(size: tuple[int, int], num_landmarks: int) -> np.ndarray:
    """(N, 3) float32. As large as the landmarks: broadcasting three columns takes four times as long."""
    width, height = size
    return np.tile(np.array([width, height, width], np.float32), (num_landmarks, 1))

"""Normalized rectangles: the rotated regions of interest of one frame as one value, with track ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

RECT_FIELDS = ("x_center", "y_center", "width", "height", "rotation_rad")

# NumPy nearly always has one object for each; comparing types by value costs more than the other checks.
_FLOAT32, _INT64 = np.dtype(np.float32), np.dtype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class NormalizedRects:
    """F rotated rectangles in one frame.

    The constructor checks the arrays and converts them if their type differs; they belong to the value and
    must not be written to afterwards.

    Attributes:
      values: (F, 5) float32; x_center, y_center, width, height, rotation_rad. Center and size are fractions
        of the frame's width (x, width) and height (y, height), measured before the rotation; the rotation is
        in radians, clockwise on the screen (y points down), about the center. A negative width stands for a
        crop that is mirrored left to right.
      ids: (F,) int64; the track a rectangle belongs to, 0 for none.

    Raises:
      ValueError: a shape is wrong or the lengths differ.
    """

    values: np.ndarray
    ids: np.ndarray = field(default=None)  # type: ignore[arg-type]  # without ids: zeros, from __post_init__

    def __post_init__(self) -> None:
        values, ids = self.values, self.ids
        if not (type(values) is np.ndarray and values.dtype is _FLOAT32):
            values = np.asarray(values, np.float32)
            object.__setattr__(self, "values", values)
        shape = values.shape
        if len(shape) != 2 or shape[1] != 5:
            raise ValueError(f"values must have shape (F, 5): {', '.join(RECT_FIELDS)}; got {shape}")
        if not (type(ids) is np.ndarray and ids.dtype is _INT64):
            ids = np.zeros(shape[0], np.int64) if ids is None else np.asarray(ids, np.int64)
            object.__setattr__(self, "ids", ids)
        if ids.shape != shape[:1]:
            raise ValueError(f"ids must have shape ({shape[0]},), one per rectangle; got {ids.shape}")

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def empty(cls) -> NormalizedRects:
        """No rectangle: F = 0."""
        return cls(np.empty((0, 5), np.float32))

    @classmethod
    def whole_frame(cls) -> NormalizedRects:
        """One upright rectangle (F = 1) that covers the frame."""
        return cls(np.array([[0.5, 0.5, 1, 1, 0]], np.float32))

    @classmethod
    def concatenate(cls, parts: list[NormalizedRects]) -> NormalizedRects:
        """All rectangles of `parts` in their order, ids included.

        Raises:
          ValueError: `parts` is empty.
        """
        if not parts:
            raise ValueError("nothing to concatenate: give at least one NormalizedRects")
        return cls(np.concatenate([p.values for p in parts]), np.concatenate([p.ids for p in parts]))

    def take(self, which: np.ndarray | slice | list[int]) -> NormalizedRects:
        """The rectangles at these indices, in that order, or those for which a boolean mask (F,) is true."""
        if isinstance(which, list):
            which = np.asarray(which, np.intp)
        return NormalizedRects(self.values[which], self.ids[which])

    def in_pixels(self, size: tuple[int, int]) -> np.ndarray:
        """(F, 5) float32: x_center, y_center, width, height in pixels of a frame of `size` (width, height),
        and rotation_rad unchanged."""
        return self.values * _pixel_scale(size)

    def rows_in_pixels(self, size: tuple[int, int]) -> list[tuple[float, float, float, float, float]]:
        """The rows of `in_pixels` as numbers, which for a few rectangles cost less than an array."""
        across, down = size
        return [
            (x * across, y * down, width * across, height * down, rotation)
            for x, y, width, height, rotation in self.values.tolist()
        ]

    @classmethod
    def from_pixels(
        cls, values_px: np.ndarray, size: tuple[int, int], ids: np.ndarray | None = None
    ) -> NormalizedRects:
        """The inverse of `in_pixels`: (F, 5) in pixels of a frame of `size` (width, height)."""
        width, height = size
        values_px = np.asarray(values_px, np.float64)
        values = values_px / np.array([width, height, width, height, 1])
        return cls(values) if ids is None else cls(values, ids)


def ids_or_places(rois: NormalizedRects | None, count: int) -> np.ndarray:
    """(F,) int64: the track ids of F = `count` faces; without their regions 1, 2 …, by their places."""
    return np.arange(1, count + 1) if rois is None else rois.ids


@lru_cache(maxsize=8)
def _pixel_scale(size: tuple[int, int]) -> np.ndarray:
    width, height = size
    return np.array([width, height, width, height, 1], np.float32)

"""View: elements of an activation or a constant, by strides: slices and transpositions move nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class View:
    """A tensor as a way to walk through another one.

    Attributes:
        source: the number of the activation whose memory it is, or a constant's elements, (N,) float32.
        offset: of the first element, in elements.
        shape: of the view.
        strides: elements from one to the next, per axis.
    """

    source: int | np.ndarray
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def is_contiguous(self) -> bool:
        """Whether the elements lie one after another, the last axis fastest."""
        return all(
            size == 1 or stride == dense
            for size, stride, dense in zip(self.shape, self.strides, dense_strides(self.shape), strict=True)
        )

    def reshaped(self, shape: Sequence[int]) -> View | None:
        """The same elements in another shape; None if no strides give it."""
        if self.is_contiguous:
            return replace(self, shape=tuple(shape), strides=dense_strides(shape))
        long = [(size, stride) for size, stride in zip(self.shape, self.strides, strict=True) if size != 1]
        if [size for size in shape if size != 1] != [size for size, _ in long]:
            return None
        rest = iter(long)
        return replace(
            self, shape=tuple(shape), strides=tuple(0 if size == 1 else next(rest)[1] for size in shape)
        )

    def broadcast(self, shape: Sequence[int]) -> View:
        """Repeated along axes of size one and along new axes in front, by NumPy's rules."""
        missing = len(shape) - len(self.shape)
        strides = [0] * missing + [
            0 if size == 1 else stride for size, stride in zip(self.shape, self.strides, strict=True)
        ]
        return replace(self, shape=tuple(shape), strides=tuple(strides))

    def transposed(self, order: Sequence[int]) -> View:
        """The axes in another order."""
        return replace(
            self,
            shape=tuple(self.shape[axis] for axis in order),
            strides=tuple(self.strides[axis] for axis in order),
        )

    def part(self, axis: int, start: int, count: int, step: int = 1) -> View:
        """`count` elements of an axis, from `start` on."""
        shape, strides = list(self.shape), list(self.strides)
        offset = self.offset + start * strides[axis]
        shape[axis], strides[axis] = count, strides[axis] * step
        return View(self.source, offset, tuple(shape), tuple(strides))


def dense_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of elements that lie one after another, the last axis fastest."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return tuple(strides)


def constant_view(array: np.ndarray) -> View:
    """A constant as a view."""
    return View(np.asarray(array, np.float32).ravel(), 0, array.shape, dense_strides(array.shape))

"""STRIDED_SLICE: which elements of each axis it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class AxisRange:
    """The elements start, start + step, … that a slice takes of an axis.

    Attributes:
        start: the first element.
        step: between two elements; may be negative.
        count: how many.
        dropped: whether the result has no such axis.
    """

    start: int
    step: int
    count: int
    dropped: bool

    def indices(self) -> list[int]:
        return [self.start + self.step * number for number in range(self.count)]


def slice_ranges(
    shape: Sequence[int], begin: np.ndarray, end: np.ndarray, strides: np.ndarray, options: Mapping[str, Any]
) -> list[AxisRange]:
    """The range of each axis, by TFLite's rules for masks.

    Returns:
        One range an axis.

    Raises:
        ValueError: the slice has an ellipsis, makes new axes, or its ends are lengths.
    """
    if options.get("ellipsisMask") or options.get("newAxisMask") or options.get("offset"):
        raise ValueError("an ellipsis, new axes or lengths for ends in a slice; none of them is supported")
    ranges = []
    for axis, size in enumerate(shape):
        if axis >= len(begin):
            ranges.append(AxisRange(0, 1, size, False))
            continue
        step, bit = int(strides[axis]), 1 << axis
        first = None if options["beginMask"] & bit else int(begin[axis])
        if options["shrinkAxisMask"] & bit:
            place = int(begin[axis])
            ranges.append(AxisRange(place + size if place < 0 else place, 1, 1, True))
            continue
        last = None if options["endMask"] & bit else int(end[axis])
        taken = range(size)[slice(first, last, step)]
        ranges.append(AxisRange(taken.start, step, len(taken), False))
    return ranges

"""Number arrays: what callers give as points or matrices, checked."""

from __future__ import annotations

from typing import Any

import numpy as np


def number_array(given: Any, name: str, expected: str) -> np.ndarray:
    """What the caller gave as an array of real numbers, in its own dtype; not copied if it is one.

    Args:
        given: an array, or what NumPy makes one of, such as lists of equal length.
        name: what errors call it, in the plural.
        expected: the right shape, for errors.

    Raises:
        ValueError: it has something else than integers or floating-point numbers, or rows of unequal length.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{name} have rows of unequal length; expected numbers {expected}") from None
    if array.dtype.kind not in "iuf":
        what = f"have dtype {array.dtype} and shape {array.shape}" if array.ndim else f"are {_short(given)}"
        raise ValueError(f"{name} {what}; expected numbers {expected}")
    return array


def _short(given: Any) -> str:
    return "None" if given is None else f"of type {type(given).__name__}"

"""Option checks: the arguments of the solutions' constructors, checked as MediaPipe does."""

import operator
from typing import Any

import numpy as np


def confidence(name: str, value: Any) -> float:
    """Returns `value` as a float in [0, 1]; a number outside becomes the nearer end.

    Raises:
      TypeError: it is no real number.
    """
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be real number, not {type(value).__name__}")
    return min(max(float(value), 0.0), 1.0)


def face_count(name: str, value: Any) -> int:
    """Returns `value` as an int.

    Raises:
      TypeError: it is no integer.
      ValueError: it is below 1.
    """
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}") from None
    if count < 1:
        raise ValueError(f"{name} should be greater than or equal to 1, and is {count}")
    return count


def flag(name: str, value: Any) -> bool:
    """Returns `value` as a bool.

    Raises:
      TypeError: it is none.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return bool(value)

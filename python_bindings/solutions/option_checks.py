"""Option checks: the arguments of the solutions' constructors, checked as MediaPipe does."""

import math
import operator
import sys
import warnings
from typing import Any

import numpy as np


def confidence(name: str, value: Any, nan_counts_as: float = 0.0) -> float:
    """Returns `value` as a float in [0, 1]; warns of a number outside, which becomes the nearer end.

    Args:
      name: of the argument.
      value: its value.
      nan_counts_as: what NaN becomes, with a warning: the limit by which MediaPipe then acts.

    Raises:
      TypeError: it is no real number.
    """
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be real number, not {type(value).__name__}")
    number = float(value)
    taken = nan_counts_as if math.isnan(number) else min(max(number, 0.0), 1.0)
    if taken != number:
        warn_of_option(f"{name} is {value!r}; expected a number from 0 to 1. It counts as {taken:g}")
    return taken


def warn_of_option(text: str) -> None:
    """Warns, at the line that calls a solution's constructor, of a value that MediaPipe takes silently."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("attention_mesh."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, UserWarning, level)


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

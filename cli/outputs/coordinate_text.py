"""The text of a face's coordinates in tables: three decimals, written for all values at once.

A value is three words of four bytes: what stands before it (a separator and the sign), its whole part and its
decimals. The words come from tables, and the unused bytes of a word, which are zero, are removed at the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

_WHOLE = 10_000  # the whole parts that fit into a word; others are written one by one
_PARTS = 1000  # a coordinate is rounded to a thousandth


def csv_coordinates(points: np.ndarray) -> str:
    """Writes coordinates as ``x0,y0,z0,x1,…``, each as `format(value, ".3f")` does.

    Args:
      points: (N, 3) float32, in pixels.
    """
    fast = _text(points, (",", ",", ","), trimmed=False)
    return ",".join([f"{value:.3f}" for value in points.ravel().tolist()]) if fast is None else fast[1:]


def json_coordinates(points: np.ndarray) -> str:
    """Writes coordinates as ``[[x,y,z],…]``, each as `repr(round(value, 3))` does; null if it is not finite.

    Args:
      points: (N, 3) float32, in pixels.
    """
    fast = _text(points, ("],[", ",", ","), trimmed=True)
    if fast is not None:
        return f"[{fast[2:]}]]"
    rows = (",".join([_json_number(value) for value in point]) for point in points.tolist())
    return "[" + ",".join([f"[{row}]" for row in rows]) + "]"


def _json_number(value: float) -> str:
    return repr(round(value, 3)) if math.isfinite(value) else "null"


def _text(points: np.ndarray, separators: Sequence[str], trimmed: bool) -> str | None:
    """The coordinates with the separators of their columns before them; None if the tables do not reach."""
    values = np.asarray(points, np.float64)
    # A float32 times 1000 is exact in float64, so that ties go to the even digit, as they do in format().
    fixed = np.rint(np.abs(values) * _PARTS)
    if not fixed.size or not fixed.max() < _WHOLE * _PARTS:  # NaN, too, is not below it
        return None
    prefixes, wholes, decimals = _tables(tuple(separators), trimmed)
    whole, part = np.divmod(fixed.astype(np.int32), _PARTS)
    words = np.empty((*values.shape, 3), np.uint32)
    words[..., 0] = np.where(np.signbit(values), prefixes[1], prefixes[0])
    np.take(wholes, whole, out=words[..., 1], mode="clip")
    np.take(decimals, part, out=words[..., 2], mode="clip")
    return words.tobytes().translate(None, b"\0").decode("ascii")


@cache
def _tables(separators: tuple[str, ...], trimmed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The words before a value, (2, 3) by sign and column; of whole parts (10000,); of decimals (1000,)."""
    prefixes = _words([separator + sign for sign in ("", "-") for separator in separators])
    decimals = [f".{part:03d}" for part in range(_PARTS)]
    if trimmed:  # one digit at least
        decimals = [text[:2] + text[2:].rstrip("0") for text in decimals]
    return prefixes.reshape(2, -1), _words([str(whole) for whole in range(_WHOLE)]), _words(decimals)


def _words(texts: Sequence[str]) -> np.ndarray:
    return np.array(texts, "S4").view(np.uint32)

"""The One-Euro filter over arrays of several tracked objects."""

from __future__ import annotations

import math

import numpy as np


class OneEuroFilter:
    """Low-pass filter whose cut-off rises with speed: steady when still, quick when moving.

    Each number of each object is filtered by itself (Casiez, Roussel and Vogel: 1€ Filter, CHI 2012).
    The speed is measured in `value_scale` units a second, so that one `beta` serves objects of any size.

    min_cutoff: Hz, cut-off at rest; lower is steadier.
    beta: how much the cut-off, in Hz, rises with speed; higher lags less.
    derivate_cutoff: Hz, cut-off of the speed itself.
    max_gap_seconds: after a longer pause, or when time goes backward, all objects begin anew.

    An object begins anew too when it was missing from the previous call. Raises ValueError when a
    cut-off or the gap is not above 0.
    """

    def __init__(
        self,
        min_cutoff: float = 1.0,
        beta: float = 0.0,
        derivate_cutoff: float = 1.0,
        max_gap_seconds: float = 1.0,
    ) -> None:
        for name, value in (
            ("min_cutoff", min_cutoff),
            ("derivate_cutoff", derivate_cutoff),
            ("max_gap_seconds", max_gap_seconds),
        ):
            if not value > 0:
                raise ValueError(f"One-Euro filter: {name} is {value}; expected a number above 0")
        self._min_cutoff = min_cutoff
        self._beta = beta
        self._derivate_cutoff = derivate_cutoff
        self._max_gap_s = max_gap_seconds
        self.reset()

    def reset(self) -> None:
        """Forgets all objects; the next value of each passes unchanged."""
        self._ids: np.ndarray | None = None
        self._timestamp_us = 0

    def apply(
        self, values: np.ndarray, ids: np.ndarray, timestamp_us: int, value_scale: np.ndarray
    ) -> np.ndarray:
        """The filtered values, same shape; the caller must write neither to them nor to `values` later.

        values: (F, ...) float32, any unit. ids: (F,) int64, which object each is, all different.
        timestamp_us: microseconds. value_scale: float32, (F,) or of a shape that broadcasts to that of
        `values`; multiplies differences of values (for landmarks in pixels one over the object's size in
        pixels). Values at the very timestamp of the last call pass unchanged and leave the state as it is.
        """
        if self._ids is not None and timestamp_us == self._timestamp_us:
            return values.copy()
        interval_s = (timestamp_us - self._timestamp_us) * 1e-6
        if self._ids is None or not 0 < interval_s <= self._max_gap_s:
            self._start(values, ids, timestamp_us)
            return values.copy()
        if len(ids) != len(self._ids) or not np.array_equal(ids, self._ids):
            self._follow(values, ids)
        # speed += weight · (change · scale / interval − speed), with few passes over the arrays.
        weight = _weight(self._derivate_cutoff, interval_s)
        scale = value_scale * np.float32(weight / interval_s)
        speed = values - self._raw
        speed *= scale.reshape(-1, *[1] * (values.ndim - 1)) if scale.ndim == 1 else scale
        speed += self._speed * np.float32(1 - weight)
        # The old value's weight is 1 / (1 + Te / τ) with τ = 1 / (2π · cut-off).
        old_weight = np.abs(speed)
        old_weight *= np.float32(2 * math.pi * interval_s * self._beta)
        old_weight += np.float32(2 * math.pi * interval_s * self._min_cutoff + 1)
        np.reciprocal(old_weight, out=old_weight)
        filtered = self._filtered - values
        filtered *= old_weight
        filtered += values
        if self._fresh is not None:
            filtered[self._fresh] = values[self._fresh]
            speed[self._fresh] = 0
            self._fresh = None
        self._raw, self._filtered, self._speed, self._timestamp_us = values, filtered, speed, timestamp_us
        return filtered

    def _start(self, values: np.ndarray, ids: np.ndarray, timestamp_us: int) -> None:
        self._ids, self._timestamp_us = ids, timestamp_us
        self._raw = self._filtered = values
        self._speed = np.zeros_like(values)
        self._fresh: np.ndarray | None = None

    def _follow(self, values: np.ndarray, ids: np.ndarray) -> None:
        """Re-orders the state to `ids`; objects not known in it become fresh ones."""
        if not len(self._ids):
            self._start(values, ids, self._timestamp_us)
            return
        same = ids[:, None] == self._ids[None, :]
        known = same.any(axis=1)
        place = same.argmax(axis=1)
        self._raw, self._filtered, self._speed = (
            state[place] for state in (self._raw, self._filtered, self._speed)
        )
        self._ids = ids
        self._fresh = None if known.all() else np.flatnonzero(~known)


def _weight(cutoff_hz: float, interval_s: float) -> float:
    """Weight of a new value in a first-order low pass: 1 / (1 + τ / Te), τ = 1 / (2π · cut-off)."""
    rate = 2 * math.pi * cutoff_hz * interval_s
    return rate / (rate + 1)

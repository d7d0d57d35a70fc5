"""The velocity filter of MediaPipe's smoothing nodes over arrays of several tracked objects."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_ASSUMED_FRAME_US = 1_000_000 / 30


class _Step(NamedTuple):
    """One change between two calls: scaled distance (F, ...), microseconds, and which objects had it (F,)."""

    distance: np.ndarray
    duration_us: int
    known: np.ndarray


class RelativeVelocityFilter:
    """Low-pass filter whose weight of a new value rises with the speed over the last few values.

    The weight is 1 - 1 / (1 + velocity_scale · |velocity|), the velocity being the sum of the scaled
    changes in the window over their time; the window is cut where it would span more than a thirtieth of
    a second a value. A scaled change is value · scale now minus value · scale then, as in MediaPipe.

    window_size: changes kept. velocity_scale: higher lags less. max_gap_seconds: after a longer pause, or
    when time goes backward, all objects begin anew; so does one that was missing from the previous call.
    Raises ValueError when an option is out of range.
    """

    def __init__(
        self, window_size: int = 5, velocity_scale: float = 10.0, max_gap_seconds: float = 1.0
    ) -> None:
        for name, value in (("window_size", window_size), ("velocity_scale", velocity_scale)):
            if not value > 0:
                raise ValueError(f"velocity filter: {name} is {value}; expected a number above 0")
        self._window_size = window_size
        self._velocity_scale = velocity_scale
        self._max_gap_us = round(max_gap_seconds * 1_000_000)
        self.reset()

    def reset(self) -> None:
        """Forgets all objects; the next value of each passes unchanged."""
        self._ids: np.ndarray | None = None
        self._timestamp_us = 0
        self._window: list[_Step] = []

    def apply(
        self, values: np.ndarray, ids: np.ndarray, timestamp_us: int, value_scale: np.ndarray
    ) -> np.ndarray:
        """The filtered values, same shape; the caller must write neither to them nor to `values` later.

        values: (F, ...) float32, any unit. ids: (F,) int64, which object each is, all different.
        timestamp_us: microseconds. value_scale: float32, (F,) or of a shape that broadcasts to that of
        `values`; multiplies values. Values at the very timestamp of the last call pass unchanged and leave
        the state as it is.
        """
        if self._ids is not None and timestamp_us == self._timestamp_us:
            return values.copy()
        scaled = values * (_column(value_scale, values) if value_scale.ndim == 1 else value_scale)
        elapsed_us = timestamp_us - self._timestamp_us
        if self._ids is None or not len(self._ids) or not 0 < elapsed_us <= self._max_gap_us:
            self._window = []
            filtered = values
        else:
            known = self._follow(values, scaled, ids)
            step = _Step(scaled - self._scaled, elapsed_us, known)
            velocity = self._velocity(step)
            weight = 1 - 1 / (1 + self._velocity_scale * np.abs(velocity))
            filtered = np.where(
                _column(known, values), self._filtered + weight * (values - self._filtered), values
            )
            filtered = filtered.astype(np.float32)
            self._window = [step, *self._window][: self._window_size]
        self._ids, self._timestamp_us = ids, timestamp_us
        self._scaled, self._filtered = scaled, filtered
        return filtered

    def _velocity(self, step: _Step) -> np.ndarray:
        """(F, ...) scaled units a second over `step` and as much of the window as counts for each object."""
        distance = step.distance.astype(np.float64)
        duration_us = np.full(len(step.known), float(step.duration_us))
        lengths = np.sum([entry.known for entry in self._window], axis=0) if self._window else 0
        limit_us = (1 + lengths) * _ASSUMED_FRAME_US
        counts = step.known.copy()
        for entry in self._window:
            counts &= entry.known & (duration_us + entry.duration_us <= limit_us)
            distance += np.where(_column(counts, distance), entry.distance, 0)
            duration_us += counts * entry.duration_us
        return distance / _column(duration_us * 1e-6, distance)

    def _follow(self, values: np.ndarray, scaled: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Re-orders the state to `ids`; returns (F,) bool, which objects are known in it."""
        if np.array_equal(ids, self._ids):
            return np.ones(len(ids), bool)
        same = ids[:, None] == self._ids[None, :]
        known, place = same.any(axis=1), same.argmax(axis=1)
        self._scaled = np.where(_column(known, scaled), self._scaled[place], scaled)
        self._filtered = np.where(_column(known, values), self._filtered[place], values)
        self._window = [
            _Step(entry.distance[place], entry.duration_us, entry.known[place] & known)
            for entry in self._window
        ]
        return known


def _column(per_object: np.ndarray, like: np.ndarray) -> np.ndarray:
    """(F,) as (F, 1, …) with as many axes as `like`."""
    return np.asarray(per_object).reshape(-1, *[1] * (like.ndim - 1))

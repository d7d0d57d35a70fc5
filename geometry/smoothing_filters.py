"""Low-pass filters over arrays of several tracked objects: the One-Euro and the velocity filter."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

_ASSUMED_FRAME_US = 1_000_000 / 30
# No camera that films faces takes two pictures within 3 ms: 240 per second are 4 ms apart, also if a program
# rounds to whole ms. So a shorter interval is a frame number that is passed for a time, or belongs to a burst
# of frames that were held back. The filter would trust each new value so little that it stood still.
_SHORTEST_BELIEVABLE_S = 0.003


def believed_interval_s(interval_us: int, max_gap_seconds: float = 1.0) -> float:
    """The time between two calls of a filter in seconds; 0 if all objects start again.

    An interval below 3 ms is not believed, and counts as a thirtieth of a second.

    Args:
      interval_us: by the timestamps, in microseconds.
      max_gap_seconds: after a longer pause, or when time goes backward, all objects start again.
    """
    interval_s = interval_us * 1e-6
    if not 0 < interval_s <= max_gap_seconds:
        return 0.0
    return interval_s if interval_s >= _SHORTEST_BELIEVABLE_S else _ASSUMED_FRAME_US * 1e-6


class SmoothingFilter(ABC):
    """A low-pass filter that follows several objects from call to call."""

    @abstractmethod
    def reset(self) -> None:
        """Forgets all objects; the next value of each passes unchanged."""

    @abstractmethod
    def apply(
        self, values: np.ndarray, ids: np.ndarray, timestamp_us: int, value_scale: np.ndarray
    ) -> np.ndarray:
        """The filtered values, same shape; the caller must write neither to them nor to `values` later.

        Values at the timestamp of the last call pass unchanged and leave the state as it is.

        Args:
          values: (F, ...) float32, any unit.
          ids: (F,) int64, the object of each row, all different.
          timestamp_us: microseconds.
          value_scale: float32, (F,) or of a shape that broadcasts to that of `values`; multiplies the
            values before their speed is measured (for landmarks in pixels one over the object's size in
            pixels).
        """


@dataclass
class _OneEuroState:
    """The One-Euro filter's memory of F objects from one call to the next.

    Attributes:
      ids: (F,) int64.
      timestamp_us: of the last call.
      raw, filtered: (F, ...) float32, the last values before and after the filter.
      speed: (F, ...) float32, scaled units per second, filtered.
    """

    ids: np.ndarray
    timestamp_us: int
    raw: np.ndarray
    filtered: np.ndarray
    speed: np.ndarray

    @classmethod
    def start(cls, values: np.ndarray, ids: np.ndarray, timestamp_us: int) -> _OneEuroState:
        """The state after the first values of all objects."""
        return cls(ids, timestamp_us, values, values, np.zeros_like(values))

    def take(self, order: np.ndarray, ids: np.ndarray) -> _OneEuroState:
        """The state of the objects at the indices `order` (G,), as that of the objects `ids` (G,)."""
        return _OneEuroState(ids, self.timestamp_us, self.raw[order], self.filtered[order], self.speed[order])


class OneEuroFilter(SmoothingFilter):
    """Low-pass filter whose cut-off rises with speed: steady when still, quick when moving.

    Each number of each object is filtered separately (Casiez, Roussel and Vogel: 1€ Filter, CHI 2012). The
    speed is measured in `value_scale` units per second, so that one `beta` serves objects of any size.

    An object also starts again if it was missing from the previous call. An interval shorter than 3 ms is not
    believed: it counts as a thirtieth of a second, so that frame numbers which are passed as times, or a
    burst of frames, do not stop the filter.

    Args:
      min_cutoff: Hz, cut-off at rest; lower is steadier.
      beta: how much the cut-off, in Hz, rises with speed; higher lags less.
      derivate_cutoff: Hz, cut-off of the speed itself.
      max_gap_seconds: after a longer pause, or when time goes backward, all objects start again.

    Raises:
      ValueError: a cut-off or the gap is not above 0.
    """

    def __init__(
        self,
        min_cutoff: float = 1.0,
        beta: float = 0.0,
        derivate_cutoff: float = 1.0,
        max_gap_seconds: float = 1.0,
    ) -> None:
        _require_positive(
            "One-Euro filter",
            min_cutoff=min_cutoff,
            derivate_cutoff=derivate_cutoff,
            max_gap_seconds=max_gap_seconds,
        )
        self._min_cutoff = min_cutoff
        self._beta = beta
        self._derivate_cutoff = derivate_cutoff
        self._max_gap_s = max_gap_seconds
        self.reset()

    def reset(self) -> None:
        self._state: _OneEuroState | None = None

    def apply(
        self, values: np.ndarray, ids: np.ndarray, timestamp_us: int, value_scale: np.ndarray
    ) -> np.ndarray:
        state = self._state
        if state is not None and timestamp_us == state.timestamp_us:
            return values.copy()
        elapsed_us = 0 if state is None else timestamp_us - state.timestamp_us
        interval_s = believed_interval_s(elapsed_us, self._max_gap_s)
        if state is None or not interval_s:
            self._state = _OneEuroState.start(values, ids, timestamp_us)
            return values.copy()
        is_new: np.ndarray | None = None
        if len(ids) != len(state.ids) or not np.array_equal(ids, state.ids):
            if not len(state.ids):
                state = _OneEuroState.start(values, ids, state.timestamp_us)
            else:
                order, is_known = _match(ids, state.ids)
                state = state.take(order, ids)
                is_new = None if is_known.all() else ~is_known
        # speed += weight · (change · scale / interval − speed), with few passes over the arrays.
        weight = _weight(self._derivate_cutoff, interval_s)
        scale = value_scale * np.float32(weight / interval_s)
        speed = values - state.raw
        speed *= scale.reshape(-1, *[1] * (values.ndim - 1)) if scale.ndim == 1 else scale
        speed += state.speed * np.float32(1 - weight)
        # The old value's weight is 1 / (1 + Te / τ) with τ = 1 / (2π · cut-off).
        old_weight = np.abs(speed)
        old_weight *= np.float32(2 * math.pi * interval_s * self._beta)
        old_weight += np.float32(2 * math.pi * interval_s * self._min_cutoff + 1)
        np.reciprocal(old_weight, out=old_weight)
        filtered = state.filtered - values
        filtered *= old_weight
        filtered += values
        if is_new is not None:
            filtered[is_new] = values[is_new]
            speed[is_new] = 0
        self._state = _OneEuroState(ids, timestamp_us, values, filtered, speed)
        return filtered


@dataclass
class _Step:
    """One change between two calls, of F objects.

    Attributes:
      distance: (F, ...), scaled units.
      duration_us: microseconds.
      is_known: (F,) bool, which objects had it.
    """

    distance: np.ndarray
    duration_us: int
    is_known: np.ndarray


@dataclass
class _VelocityState:
    """The velocity filter's memory of F objects from one call to the next.

    Attributes:
      ids: (F,) int64.
      timestamp_us: of the last call.
      scaled, filtered: (F, ...), the last values times their scale, and after the filter.
      window: the last changes, newest first.
    """

    ids: np.ndarray
    timestamp_us: int
    scaled: np.ndarray
    filtered: np.ndarray
    window: list[_Step] = field(default_factory=list)

    def take(
        self, order: np.ndarray, is_known: np.ndarray, ids: np.ndarray, scaled: np.ndarray, values: np.ndarray
    ) -> _VelocityState:
        """The state of the objects at the indices `order` (G,), as that of the objects `ids` (G,).

        Where `is_known` (G,) is false, the object is new and starts with `scaled` and `values` (G, ...).
        """
        return _VelocityState(
            ids,
            self.timestamp_us,
            np.where(_column(is_known, scaled), self.scaled[order], scaled),
            np.where(_column(is_known, values), self.filtered[order], values),
            [
                _Step(step.distance[order], step.duration_us, step.is_known[order] & is_known)
                for step in self.window
            ],
        )


class RelativeVelocityFilter(SmoothingFilter):
    """Low-pass filter whose weight of a new value rises with the speed over the last few values.

    This is the velocity filter of MediaPipe's smoothing nodes. The weight is 1 - 1 / (1 + velocity_scale ·
    |velocity|). The velocity is the sum of the scaled changes in the window over their time; the window ends
    before it spans more than a thirtieth of a second per value. A scaled change is value · scale now minus
    value · scale then, as in MediaPipe.

    Args:
      window_size: changes kept.
      velocity_scale: higher lags less.
      max_gap_seconds: after a longer pause, or when time goes backward, all objects start again; so does one
        that was missing from the previous call.

    Raises:
      ValueError: an option is out of range.
    """

    def __init__(
        self, window_size: int = 5, velocity_scale: float = 10.0, max_gap_seconds: float = 1.0
    ) -> None:
        _require_positive("velocity filter", window_size=window_size, velocity_scale=velocity_scale)
        self._window_size = window_size
        self._velocity_scale = velocity_scale
        self._max_gap_us = round(max_gap_seconds * 1_000_000)
        self.reset()

    def reset(self) -> None:
        self._state: _VelocityState | None = None

    def apply(
        self, values: np.ndarray, ids: np.ndarray, timestamp_us: int, value_scale: np.ndarray
    ) -> np.ndarray:
        state = self._state
        if state is not None and timestamp_us == state.timestamp_us:
            return values.copy()
        scaled = values * (_column(value_scale, values) if value_scale.ndim == 1 else value_scale)
        elapsed_us = 0 if state is None else timestamp_us - state.timestamp_us
        if state is None or not len(state.ids) or not 0 < elapsed_us <= self._max_gap_us:
            self._state = _VelocityState(ids, timestamp_us, scaled, values)
            return values
        if np.array_equal(ids, state.ids):
            is_known = np.ones(len(ids), bool)
        else:
            order, is_known = _match(ids, state.ids)
            state = state.take(order, is_known, ids, scaled, values)
        step = _Step(scaled - state.scaled, elapsed_us, is_known)
        weight = 1 - 1 / (1 + self._velocity_scale * np.abs(_velocity(step, state.window)))
        filtered = np.where(
            _column(is_known, values), state.filtered + weight * (values - state.filtered), values
        )
        filtered = filtered.astype(np.float32)
        window = [step, *state.window][: self._window_size]
        self._state = _VelocityState(ids, timestamp_us, scaled, filtered, window)
        return filtered


def _velocity(step: _Step, window: list[_Step]) -> np.ndarray:
    """(F, ...) scaled units per second over `step` and as much of the window as counts for each object."""
    distance = step.distance.astype(np.float64)
    duration_us = np.full(len(step.is_known), float(step.duration_us))
    lengths = np.sum([entry.is_known for entry in window], axis=0) if window else 0
    limit_us = (1 + lengths) * _ASSUMED_FRAME_US
    counts = step.is_known.copy()
    for entry in window:
        counts &= entry.is_known & (duration_us + entry.duration_us <= limit_us)
        distance += np.where(_column(counts, distance), entry.distance, 0)
        duration_us += counts * entry.duration_us
    return distance / _column(duration_us * 1e-6, distance)


def _match(ids: np.ndarray, known_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of each of `ids` (G,) in `known_ids` (F,), F > 0, and whether it is there: (G,) int and bool."""
    same = ids[:, None] == known_ids[None, :]
    return same.argmax(axis=1), same.any(axis=1)


def _weight(cutoff_hz: float, interval_s: float) -> float:
    """Weight of a new value in a first-order low pass: 1 / (1 + τ / Te), τ = 1 / (2π · cut-off)."""
    rate = 2 * math.pi * cutoff_hz * interval_s
    return rate / (rate + 1)


def _require_positive(what: str, **values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{what}: {name} is {value}; expected a number above 0")


def _column(per_object: np.ndarray, like: np.ndarray) -> np.ndarray:
    """(F,) as (F, 1, …) with as many axes as `like`."""
    return np.asarray(per_object).reshape(-1, *[1] * (like.ndim - 1))

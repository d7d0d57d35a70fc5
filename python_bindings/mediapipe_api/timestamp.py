"""Timestamp: the time of a packet, with the interface that MediaPipe's Python programs expect."""

from __future__ import annotations

import math
import operator
from typing import ClassVar, SupportsIndex

from attention_mesh.framework import timestamps

_SPECIAL_NAMES = {
    timestamps.UNSET: "UNSET",
    timestamps.UNSTARTED: "UNSTARTED",
    timestamps.PRE_STREAM: "PRESTREAM",
    timestamps.MIN: "MIN",
    timestamps.MAX: "MAX",
    timestamps.POST_STREAM: "POSTSTREAM",
    timestamps.ONE_OVER_POST_STREAM: "ONEOVERPOSTSTREAM",
    timestamps.DONE: "DONE",
}
_US_PER_SECOND = 1_000_000


class Timestamp:
    """A number of microseconds, or a special value, such as UNSET or DONE.

    It compares with other timestamps and with ints, and hashes as its int does. `t + 5` and `t - 5` are
    timestamps, limited to MIN and MAX; `t - other` is a difference in microseconds. Special values allow no
    arithmetic.

    Args:
      value: int of microseconds, or a Timestamp to copy.

    Raises:
      TypeError: the value is neither.
      OverflowError: the value does not fit into 64 bits.
    """

    __slots__ = ("_value",)

    UNSET: ClassVar[Timestamp]
    UNSTARTED: ClassVar[Timestamp]
    PRESTREAM: ClassVar[Timestamp]
    MIN: ClassVar[Timestamp]
    MAX: ClassVar[Timestamp]
    POSTSTREAM: ClassVar[Timestamp]
    DONE: ClassVar[Timestamp]

    def __init__(self, value: SupportsIndex | Timestamp):
        try:
            self._value = operator.index(value)
        except TypeError:
            raise TypeError(
                f"a Timestamp is made from an int of microseconds or a Timestamp, not {value!r}; "
                "Timestamp.from_seconds takes a float"
            ) from None
        if not timestamps.UNSET <= self._value <= timestamps.DONE:
            raise OverflowError(f"a Timestamp has 64 bits; {value} does not fit")

    @staticmethod
    def from_seconds(seconds: float) -> Timestamp:
        """Returns the timestamp nearest to a number of seconds.

        Raises:
          ValueError: the number is not finite, or its timestamp would be a special value.
        """
        microseconds = seconds * _US_PER_SECOND
        if not timestamps.MIN < microseconds < timestamps.MAX:  # also False for NaN
            raise ValueError(f"{seconds} seconds are outside the range of timestamps")
        return Timestamp(int(math.copysign(math.floor(abs(microseconds) + 0.5), microseconds)))

    @property
    def value(self) -> int:
        """Microseconds, or the special value's number."""
        return self._value

    def seconds(self) -> float:
        return self._value / _US_PER_SECOND

    def microseconds(self) -> int:
        return self._value

    def is_special_value(self) -> bool:
        """Whether it is MIN, MAX, or outside of them."""
        return not timestamps.MIN < self._value < timestamps.MAX

    def is_range_value(self) -> bool:
        """Whether it is MIN, MAX, or between them."""
        return timestamps.MIN <= self._value <= timestamps.MAX

    def is_allowed_in_stream(self) -> bool:
        """Whether a packet in a stream may have it."""
        return timestamps.is_allowed_in_stream(self._value)

    def __index__(self) -> int:
        return self._value

    def __int__(self) -> int:
        return self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self._value == number

    def __lt__(self, other: Timestamp | int) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self._value < number

    def __le__(self, other: Timestamp | int) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self._value <= number

    def __gt__(self, other: Timestamp | int) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self._value > number

    def __ge__(self, other: Timestamp | int) -> bool:
        number = _number(other)
        return NotImplemented if number is None else self._value >= number

    def __add__(self, microseconds: int) -> Timestamp:
        number = None if isinstance(microseconds, Timestamp) else _number(microseconds)
        if number is None:
            return NotImplemented
        moved = self._checked() + number
        return Timestamp(min(max(moved, timestamps.MIN), timestamps.MAX))

    __radd__ = __add__

    def __sub__(self, other: Timestamp | int) -> Timestamp | int:
        if isinstance(other, Timestamp):
            return self._checked() - other._checked()
        number = _number(other)
        return NotImplemented if number is None else self + -number

    def __repr__(self) -> str:
        return f"<mediapipe.Timestamp with value: {self.text}>"

    @property
    def text(self) -> str:
        """The name of a special value, or the microseconds."""
        return _SPECIAL_NAMES.get(self._value, str(self._value))

    def _checked(self) -> int:
        if not self.is_range_value():
            raise ValueError(f"Timestamp.{self.text} is a special value, which allows no arithmetic")
        return self._value


def _number(value: object) -> int | None:
    """Returns the number of a timestamp or an integer; None for anything else."""
    try:
        return operator.index(value)  # type: ignore[arg-type]  # anything else raises TypeError
    except TypeError:
        return None


for _value, _name in _SPECIAL_NAMES.items():
    if _value != timestamps.ONE_OVER_POST_STREAM:  # only a stream's bound can have it
        setattr(Timestamp, _name, Timestamp(_value))

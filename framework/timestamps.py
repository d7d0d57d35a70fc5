"""Timestamps: plain ints in microseconds. This module names the special values.

In ascending order: UNSET < UNSTARTED < PRE_STREAM < MIN … MAX < POST_STREAM < ONE_OVER_POST_STREAM < DONE,
with MediaPipe's numbers. A stream's *bound* is the smallest timestamp that its next packet may have. It is
DONE if no packet can follow.
"""

import operator
import reprlib
from typing import Any

UNSET = -(2**63)
UNSTARTED = UNSET + 1
PRE_STREAM = UNSET + 2
MIN = UNSET + 3
DONE = 2**63 - 1
ONE_OVER_POST_STREAM = DONE - 1
POST_STREAM = DONE - 2
MAX = DONE - 3

_NAMES = {
    UNSET: "Timestamp::Unset()",
    UNSTARTED: "Timestamp::Unstarted()",
    PRE_STREAM: "Timestamp::PreStream()",
    MIN: "Timestamp::Min()",
    MAX: "Timestamp::Max()",
    POST_STREAM: "Timestamp::PostStream()",
    ONE_OVER_POST_STREAM: "Timestamp::OneOverPostStream()",
    DONE: "Timestamp::Done()",
}


def describe(timestamp: int) -> str:
    """A timestamp for error texts: the name of a special value, otherwise the microseconds."""
    return _NAMES.get(timestamp) or str(timestamp)


def whole_microseconds(value: Any, where: str) -> int:
    """A timestamp as an int. Raises TypeError, with `where` in its text, if it is not a whole number."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{where}: a timestamp is an int, in µs, not {reprlib.repr(value)}") from None


def is_allowed_in_stream(timestamp: int) -> bool:
    """Whether a packet in a stream may have this timestamp."""
    return PRE_STREAM <= timestamp <= POST_STREAM


def shifted(bound: int, offset: int) -> int:
    """A bound moved by an offset. Special timestamps stay, and others do not become special."""
    if not offset or not MIN <= bound <= MAX:
        return bound
    return min(max(bound + offset, MIN), MAX)


def next_allowed(timestamp: int) -> int:
    """The smallest timestamp that may follow a packet at `timestamp` in the same stream.

    PreStream and PostStream packets stand alone in their stream.
    """
    if PRE_STREAM < timestamp < MAX:
        return timestamp + 1
    return ONE_OVER_POST_STREAM

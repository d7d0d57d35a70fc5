"""What adding a packet to a full graph does."""

from __future__ import annotations

import enum


class GraphInputStreamAddMode(enum.IntEnum):
    """WAIT_TILL_NOT_FULL waits until there is room; ADD_IF_NOT_FULL raises an error instead."""

    WAIT_TILL_NOT_FULL = 0
    ADD_IF_NOT_FULL = 1

    __str__ = enum.Enum.__str__

"""FuzzKind: one kind of input that strangers send, and how to read it."""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class FuzzKind:
    """One kind of input.

    Attributes:
      name: of the command line.
      make: a case from a source of random numbers: its group, for the table, and what `read` takes.
      read: reads a case as a user's program would. It returns whether the input was taken, and raises one of
        the package's errors if it was refused. Anything else is a fault: another error, the end of the
        process, too much memory or time. It is given a function. It calls it with "trial" before what happens
        in a child process in a user's program, where the end of the process is no fault, and with "" after.
    """

    name: str
    make: Callable[[random.Random], tuple[str, object]]
    read: Callable[[object, Callable[[str], None]], bool]

    def case(self, number: int) -> tuple[str, object]:
        """The case of a number: its group, and what `read` takes.

        Odd numbers may fit into no file; then others are drawn.
        """
        for attempt in itertools.count():
            try:
                return self.make(random.Random(f"{number} {attempt}"))
            except (ValueError, TypeError, OverflowError, struct.error):
                continue
        raise AssertionError("unreachable")

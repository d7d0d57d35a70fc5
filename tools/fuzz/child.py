"""The child of a fuzzing run: reads cases by their numbers and says what came of each.

Usage: python -m attention_mesh.tools.fuzz.child KIND, with a number per line on standard input. The parent
knows by the last line where a child died.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from attention_mesh.errors import AttentionMeshError
from attention_mesh.tools.fuzz.kinds import find_kind

MEMORY = 6 << 30  # bytes of addresses that a child may have; TensorFlow alone takes 2 GiB


def main() -> None:
    kind = find_kind(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print goes nowhere
    os.dup2(1, 2)
    _limit_memory()
    for line in sys.stdin:
        number = int(line)
        group, case = kind.case(number)
        answers.write(f"begin {number} {group}\n")
        answers.write(f"end {_outcome(kind.read, case, answers.write)}\n")


def _outcome(
    read: Callable[[object, Callable[[str], None]], bool], case: object, write: Callable[[str], Any]
) -> str:
    try:
        return "taken" if read(case, lambda stage: _tell(write, stage)) else "refused"
    except AttentionMeshError:
        return "refused"
    except MemoryError:
        return "fault memory"
    except BaseException as error:  # noqa: BLE001 - which one it is, is the result
        return f"fault {type(error).__name__}"


def _tell(write: Callable[[str], Any], stage: str) -> None:
    write(f"stage {stage}\n")


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()

"""Runs the cases of a kind in child processes and counts what came of them."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HANG_S = 30.0  # a case that takes longer hangs, if it does so twice: another program may have taken all cores
_BATCH = 500  # cases per child
CHILD = "from attention_mesh.tools.fuzz import child; child.main()"


@dataclass
class FuzzCounts:
    """What came of the cases of one group.

    Attributes:
      taken: were read.
      refused: ended in an error of the package.
      stopped: would have ended a user's program, had a child process not tried them first.
      faults: what went wrong → how often.
      examples: what went wrong → the number of the first case.
    """

    taken: int = 0
    refused: int = 0
    stopped: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        return self.taken + self.refused + self.stopped + self.faults.total()

    def add(self, outcome: str, number: int) -> None:
        """Counts one case: "taken", "refused", "stopped" or "fault …"."""
        what, _, fault = outcome.partition(" ")
        if what == "fault":
            self.faults[fault] += 1
            self.examples.setdefault(fault, number)
        else:
            setattr(self, what, getattr(self, what) + 1)


def run_fuzz(kind: str, seconds: float, start: int = 0, most: int | None = None) -> dict[str, FuzzCounts]:
    """Reads cases until the time is over.

    Args:
      kind: name of a `FuzzKind`.
      seconds: how long.
      start: number of the first case; a case's number says all of it.
      most: cases after which it ends, too.

    Returns:
      Counts by group.
    """
    counts: dict[str, FuzzCounts] = {}
    slow: set[int] = set()
    end, number = time.monotonic() + seconds, start
    while time.monotonic() < end and (most is None or number < start + most):
        last = number + _BATCH if most is None else min(number + _BATCH, start + most)
        number = _run_child(kind, range(number, last), end, counts, slow)
    return counts


def _run_child(kind: str, numbers: range, end: float, counts: dict[str, FuzzCounts], slow: set[int]) -> int:
    """Runs cases in one child, until it dies; returns the number of the first that is to be tried next.

    `slow` has the cases that took too long once.
    """
    parent = str(Path(__file__).resolve().parents[3])  # of the package
    paths = os.pathsep.join([parent, *filter(None, [os.environ.get("PYTHONPATH")])])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert child.stdin is not None and child.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    stdout = child.stdout

    def listen() -> None:
        for line in stdout:
            lines.put(line.rstrip("\n"))
        lines.put("")

    threading.Thread(target=listen, daemon=True).start()
    try:
        for number in numbers:
            if time.monotonic() >= end:
                return number
            try:
                child.stdin.write(f"{number}\n")
                child.stdin.flush()
            except OSError:
                pass  # it died after its last answer; the next lines say so
            # The first case of a child waits for imports, such as TensorFlow's.
            patience_s = HANG_S if number > numbers.start else 4 * HANG_S
            group, stage, outcome = _answer(child, lines, patience_s)
            if outcome == "fault hang" and number not in slow:
                slow.add(number)
                return number
            counts.setdefault(group, FuzzCounts()).add(
                "stopped" if stage and outcome.startswith("fault") else outcome, number
            )
            if child.poll() is not None or outcome.startswith(("fault SIG", "fault hang", "fault exit")):
                return number + 1
    finally:
        child.kill()
        child.wait()
    return numbers.stop


def _answer(child: subprocess.Popen[str], lines: queue.Queue[str], patience_s: float) -> tuple[str, str, str]:
    """The group of a case, the stage that it was in at last, and the outcome."""
    group, stage = "start", ""
    while True:
        try:
            line = lines.get(timeout=patience_s)
        except queue.Empty:
            return group, stage, "fault hang"
        word, _, rest = line.partition(" ")
        if word == "begin":
            group = rest.partition(" ")[2]
        elif word == "stage":
            stage = rest
        elif word == "end":
            return group, stage, rest
        elif not line:
            code = child.wait()
            name = signal.Signals(-code).name if code < 0 else f"exit {code}"
            return group, stage, f"fault {name}"

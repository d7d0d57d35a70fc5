"""PeerProcess: starts benchmarks/peer.py and sends it commands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parent / "peer.py"


@dataclass(frozen=True)
class Contender:
    """One column of a report: a peer, its number of threads (0 = its default), and the cores it may use."""

    label: str
    peer: str
    num_threads: int = 0
    cores: frozenset[int] | None = None


class PeerProcess:
    """A running benchmarks/peer.py; `ask` sends a command and waits for the answer."""

    def __init__(self, contender: Contender, python: Path | str) -> None:
        self.contender = contender
        self._errors = tempfile.TemporaryFile("w+")
        cores = contender.cores
        self._process = subprocess.Popen(
            [str(python), str(PROGRAM), contender.peer],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        answer = ""
        try:
            self._process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            pass  # it has ended; its output says why
        if not answer:
            self._process.wait()
            self._errors.seek(0)
            raise SystemExit(f"{self.contender.label} ended at {command!r}:\n{self._errors.read()}")
        return json.loads(answer)

    def close(self) -> None:
        """Ends the process."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._errors.close()

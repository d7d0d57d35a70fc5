"""Programs that run in a process of their own, with little memory and little time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit of memory")

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_HEAD = """
import resource, sys
def spend_at_most(more_bytes):
    pages = int(open("/proc/self/statm").read().split()[0])
    limit = pages * resource.getpagesize() + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
"""


def run_program(code: str, *arguments: str, timeout_s: float = 60.0) -> str:
    """Runs Python code that may call `spend_at_most(bytes)`, after its imports, to limit its memory.

    Returns:
      What it printed.

    Raises:
      AssertionError: it ended by an error or a signal; the text has all that it printed.
      subprocess.TimeoutExpired: it did not end in time.
    """
    path = os.pathsep.join([str(_PACKAGE_PARENT), *(part for part in sys.path if part)])
    done = subprocess.run(
        [sys.executable, "-c", _HEAD + code, *arguments],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout

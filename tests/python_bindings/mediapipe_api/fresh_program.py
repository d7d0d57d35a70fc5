"""Runs a program in an interpreter of its own."""

import subprocess
import sys


def run(program: str) -> None:
    """Runs a program in a fresh interpreter; its assertions are the test."""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr

"""Pip with plain progress: a line for each package that is fetched or unpacked, and pip's exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.tools.pip_progress import progress_line

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Downloading numpy-2.1.3-cp311-cp311-linux_x86_64.whl (16.5 MB)", "    numpy 2.1.3 (16.5 MB)"),
        ("  Using cached av-15.1.0-cp311-abi3-linux.whl (38 MB)", "    av 15.1.0 (38 MB)"),
        ("Downloading jax_cuda-0.4.tar.gz (1 kB)", "    jax_cuda 0.4 (1 kB)"),
        ("  Downloading numpy-2.1.3-cp311-linux.whl.metadata (62 kB)", None),
        ("Collecting numpy>=1.26 (from attention-mesh==0.1.0)", None),
        ("Installing collected packages: numpy, av, attention-mesh", "    unpacking 3 packages"),
        ("Installing collected packages: attention-mesh", "    unpacking one package"),
    ],
)
def test_a_line_of_pip_becomes_a_short_one_or_none(line: str, shown: str | None) -> None:
    assert progress_line(line) == shown


def test_errors_of_pip_and_its_exit_code_stay(tmp_path: Path) -> None:
    program = [sys.executable, str(REPOSITORY / "tools" / "pip_progress.py"), "install", "--no-index"]
    done = subprocess.run([*program, str(tmp_path / "gone.whl")], capture_output=True, text=True)
    assert done.returncode == 1 and "gone.whl" in done.stderr
    assert done.stdout.splitlines() == ["    resolving which packages are needed"]

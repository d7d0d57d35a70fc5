"""The fixtures of conftest.py that change the process which runs the tests."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"


@pytest.fixture
def ignored_ctrl_c() -> Iterator[None]:
    """SIGINT is ignored, as in a program that a shell starts in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def child_ignores_ctrl_c() -> bool:
    return subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True).stdout == "True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.usefixtures("ignored_ctrl_c")
def test_a_child_heeds_ctrl_c_that_pytest_ignores(request: pytest.FixtureRequest) -> None:
    assert child_ignores_ctrl_c()
    request.getfixturevalue("default_signals")
    assert not child_ignores_ctrl_c()
    signal.raise_signal(signal.SIGINT)  # pytest goes on


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_handler_of_ctrl_c_that_is_there_stays(request: pytest.FixtureRequest) -> None:
    before = signal.getsignal(signal.SIGINT)
    request.getfixturevalue("default_signals")
    if before != signal.SIG_IGN:
        assert signal.getsignal(signal.SIGINT) == before

"""The signals that ask the program to stop: Ctrl-C, SIGTERM and SIGHUP, and their exit codes."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

# A terminal that closes sends SIGHUP; Windows has none.
STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Stopped(KeyboardInterrupt):
    """A signal asked the program to stop. Ctrl-C may raise a plain KeyboardInterrupt instead.

    Args:
      number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


def exit_code_of(stop: KeyboardInterrupt | int) -> int:
    """The exit code of a program that a signal stopped: 128 and the signal's number, as shells have it.

    Args:
      stop: the signal's number, or what it raised. A plain KeyboardInterrupt is Ctrl-C, which is SIGINT.
    """
    if isinstance(stop, KeyboardInterrupt):
        stop = stop.number if isinstance(stop, Stopped) else signal.SIGINT
    return 128 + stop


@contextlib.contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Lets SIGTERM and SIGHUP raise `Stopped` in the main thread, where Python lets Ctrl-C raise.

    So what a command has begun is cleaned up whichever of them comes. A signal that is ignored, as nohup
    ignores SIGHUP, stays so. On another thread than the main one, this changes nothing.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in STOP_SIGNALS:
            if number != signal.SIGINT and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(number)

"""Ctrl-C as a request to stop instead of an exception, and the end of a run that does not stop."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TypeVar, cast

from attention_mesh.cli.stop_signals import STOP_SIGNALS, exit_code_of
from attention_mesh.cli.user_command import report

_T = TypeVar("_T")
_POLL_S = 0.1  # how soon a wait notices Ctrl-C
_THREAD_PREFIX = "attention-mesh "  # of the names of a run's threads


class Interrupt:
    """While entered, Ctrl-C raises nothing: the first sets `requested`, a second one `urgent`.

    SIGTERM and SIGHUP count as Ctrl-C. A signal that is already ignored stays ignored: nohup ignores SIGHUP,
    and a shell ignores SIGINT in what it starts in the background. Once a stop was requested, Ctrl-C stays
    ignored after leaving, because it would only disturb the orderly end that follows.

    Only the main thread gets signals, and it gets none while it is inside foreign code. So it should only
    wait while an Interrupt is entered.

    Attributes:
      signal: number of the first signal that came; 0 if none came.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._urgent_since: float | None = None  # time.monotonic(), s
        self._before: dict[int, Any] = {}  # signal -> its handler

    @property
    def requested(self) -> bool:
        """Whether Ctrl-C or one of the others came."""
        return self.signal != 0

    @property
    def urgent(self) -> bool:
        """Whether a second Ctrl-C came."""
        return self._urgent_since is not None

    def urgent_for(self, seconds: float) -> bool:
        """Whether a second Ctrl-C came at least `seconds` ago."""
        return self._urgent_since is not None and time.monotonic() - self._urgent_since >= seconds

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested and self._urgent_since is None:
            self._urgent_since = time.monotonic()
        self.signal = self.signal or number

    def __enter__(self) -> Interrupt:
        for number in STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self.requested and number == signal.SIGINT else handler)


def interruptible(function: Callable[[], _T], meanwhile: Callable[[], object] | None = None) -> _T:
    """Calls a function that waits inside foreign code, so that Ctrl-C raises KeyboardInterrupt meanwhile.

    SIGTERM and SIGHUP raise `Stopped`, as in every command. The function runs on another thread, which is
    left alone then and ends with the process.

    Args:
      function: what is called on the other thread.
      meanwhile: work for this thread until then.
    """
    done: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

    def call() -> None:
        try:
            done.put((function(), None))
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            done.put((None, error))

    threading.Thread(target=call, name="attention-mesh open", daemon=True).start()
    if meanwhile is not None:
        meanwhile()
    while True:
        try:
            result, error = done.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        if error is not None:
            raise error
        return cast(_T, result)


def exit_at_once(text: str, stopped_by: int) -> NoReturn:
    """Prints `text` as a warning and ends the process, although threads still run.

    An orderly exit would end those threads wherever they are, and inside C++ that aborts the process. Every
    file must be complete before the call.

    Args:
      text: what was left.
      stopped_by: number of the signal, which decides the exit code.
    """
    try:
        report(text, "warning")
    finally:
        _exit_past_threads(exit_code_of(stopped_by))


def leave(code: int | str | None) -> None:
    """Ends the process with an exit code if a thread of a run still hangs; otherwise returns.

    For the end of the program. A read that hangs in a driver cannot be interrupted, and an orderly exit would
    abort the process if the read returns meanwhile.

    Args:
      code: of a SystemExit.
    """
    if any(thread.name.startswith(_THREAD_PREFIX) for thread in threading.enumerate()):
        _exit_past_threads(code if isinstance(code, int) else 0 if code is None else 1)


def leave_at_once(code: int) -> NoReturn:
    """Ends the process with an exit code: handlers of its end are called, but nothing is taken apart.

    To free every object and module takes a tenth of a second, and the system does it at no cost. Every file
    must be complete before the call.
    """
    try:
        leave(code)
        atexit._run_exitfuncs()
    finally:
        _exit_past_threads(code)


def _exit_past_threads(code: int) -> NoReturn:
    try:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(code)

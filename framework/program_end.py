"""Program end: what still works on threads when the program ends, and how it ends before the interpreter.

The interpreter stops daemon threads wherever they are. Inside C++ (the networks' runtime, OpenCV) a thread
cannot be stopped: the process aborts, and its exit code and unwritten files are lost. So everything that
works on a thread registers here, and one exit handler ends all of it while threads can still run.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from typing import Protocol

_GRACE_S = 5.0
"""How long the program's end waits for what does not return. What hangs in Python does no harm."""


class EndsWithProgram(Protocol):
    """What works on a thread of its own, or on one of the program's."""

    def request_end(self) -> None:
        """Asks it to end. Does not wait."""
        ...

    def await_end(self, deadline: float) -> None:
        """Waits until it has ended, at the latest until `time.monotonic()` is `deadline`. Raises nothing."""
        ...


class _Registry:
    """All that works now. Its lock is never released again once the program ends."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.feeders: weakref.WeakSet[EndsWithProgram] = weakref.WeakSet()
        self.runs: weakref.WeakSet[EndsWithProgram] = weakref.WeakSet()


_registry = _Registry()


def end_with_program(worker: EndsWithProgram, *, feeds_a_run: bool = False) -> None:
    """Makes `worker` end when the program ends, unless it is gone before.

    Once the program's end has begun, a daemon thread that calls this waits forever: nothing may begin there.

    Args:
      worker: only a weak reference to it is kept.
      feeds_a_run: whether it gives work to a graph's run, and so ends before the runs.
    """
    with _registry.lock:
        (_registry.feeders if feeds_a_run else _registry.runs).add(worker)


def end_all(grace_s: float = _GRACE_S) -> None:
    """Ends all that is registered, the feeders first. Called once, by the thread that ends the program."""
    _registry.lock.acquire()
    deadline = time.monotonic() + grace_s
    feeders, runs = list(_registry.feeders), list(_registry.runs)
    for workers in (feeders, runs):
        for worker in workers:
            worker.request_end()
        for worker in workers:
            worker.await_end(deadline)


def _forget_all() -> None:
    """Empties the registry in a forked process, which has none of the threads."""
    global _registry
    _registry = _Registry()


atexit.register(end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)

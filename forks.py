"""Forked processes: what is at work in a process hears of it in the child, where the threads are missing.

`fork` copies a process, but of its threads only the one that calls it. In the child, locks that other threads
held stay taken, and native code (LiteRT, FFmpeg) that waits for its threads to end hangs or ends the process.
So whatever has threads or locks registers here, and each says what it is in the child. Every room may import
this module.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Protocol


class Inherited(Protocol):
    """Something that a child process inherits but only its parent may keep using."""

    def leave_to_parent(self) -> None:
        """Called in the child: takes free locks, forgets threads, and frees nothing that waits for them."""
        ...


_inherited: weakref.WeakSet[Inherited] = weakref.WeakSet()


def tell_forked_process(thing: Inherited) -> None:
    """Calls `thing.leave_to_parent` in every process that is forked from this one, while `thing` is there.

    Args:
      thing: only a weak reference to it is kept.
    """
    _inherited.add(thing)


def free_lock(lock: threading.Lock | threading.RLock) -> bool:
    """Frees a lock in a child if a thread held it that is missing there; returns whether one did."""
    if lock.acquire(blocking=False):
        lock.release()
        return False
    lock._at_fork_reinit()  # type: ignore[union-attr]  # as the standard library does with its locks
    return True


class InheritedLocks:
    """Locks that are free in every forked process. Whoever has them keeps this object."""

    def __init__(self, *locks: threading.Lock | threading.RLock) -> None:
        self._locks = locks
        tell_forked_process(self)

    def leave_to_parent(self) -> None:
        for lock in self._locks:
            free_lock(lock)


def keep_forever(*things: Any) -> None:
    """Frees these objects never, not even when the process ends: their end would wait for missing threads."""
    import ctypes

    for thing in things:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _tell_all() -> None:
    for thing in list(_inherited):
        thing.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell_all)

"""Forgotten landmarkers: collects those in reference cycles before another one takes memory."""

from __future__ import annotations

import gc
import threading
import weakref

_FEW = 3
"""So many may be open before the first look; a landmarker has 40 to 80 MB of networks and graphs."""


class LandmarkerCount:
    """Counts open landmarkers, and runs the garbage collector when they have become many.

    An object whose method is the callback of its own landmarker is part of a cycle, which only the collector
    ends. The collector counts Python's objects and not the networks' memory, so that it would come late. It
    is run whenever the number has doubled: a program that needs many landmarkers waits for it seldom.

    Args:
      few: how many may be open before the first look.
    """

    def __init__(self, few: int = _FEW) -> None:
        self._few = self._most = few
        self._open: weakref.WeakSet[object] = weakref.WeakSet()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, landmarker: object) -> None:
        """Counts a landmarker that is being made; collects forgotten ones first. Keeps a weak reference."""
        if len(self._open) >= self._most and gc.isenabled() and self._lock.acquire(blocking=False):
            try:
                gc.collect()
                self._most = max(self._few, 2 * len(self._open))
            finally:
                self._lock.release()
        self._open.add(landmarker)

    def remove(self, landmarker: object) -> None:
        """Forgets a landmarker that was closed."""
        self._open.discard(landmarker)


OPEN_LANDMARKERS = LandmarkerCount()

"""A thread that always works on the newest item and lets older ones go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestItemWorker(Generic[T]):
    """Runs ``work(item)`` on one thread of its own for the newest item put in; an item not begun when the
    next comes is dropped. `put` never waits for the work.

    An exception of `work`, SystemExit too, is kept and raised by the next `put` or by `close`, once; the
    thread goes on with later items. All methods may be called from any thread, `close` not from within
    `work`.

    dropped: how many items were let go so far.
    """

    def __init__(self, work: Callable[[T], None], name: str) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._waiting: list[T] = []  # at most one
        self._closed = False
        self._error: BaseException | None = None
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Makes `item` the next one to work on.

        Raises what an earlier item's `work` raised (`item` is then not taken), RuntimeError after `close`.
        """
        with self._changed:
            self._raise_error()
            if self._closed:
                raise RuntimeError("the worker is closed")
            self.dropped += len(self._waiting)
            self._waiting[:] = [item]
            self._changed.notify()

    def close(self) -> None:
        """Lets the item in hand and the waiting one finish, ends the thread, and raises a kept exception.

        May be called twice. Raises RuntimeError when called from within `work`, whose thread cannot wait
        for itself.
        """
        self.expect_other_thread()
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        with self._changed:
            self._raise_error()

    def expect_other_thread(self) -> None:
        """Raises RuntimeError when called from within `work`."""
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                f"{self._thread.name} cannot be closed from its own callback; close it outside."
            )

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                item = self._waiting.pop()
            try:
                self._work(item)
            except BaseException as error:  # noqa: BLE001 - handed to the caller by put or close
                with self._changed:
                    self._error = error

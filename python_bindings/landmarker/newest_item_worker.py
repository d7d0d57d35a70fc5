"""NewestItemWorker: a thread that always works on the newest item and drops older ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestItemWorker(Generic[T]):
    """Runs ``work(item)`` for the newest item on its own thread.

    If an item has not begun when the next one comes, then it is dropped. `put` never waits for the work.

    The worker keeps an exception of `work`, including SystemExit; the next `put` or `close` raises it, once.
    The thread continues with later items. Any thread may call any method, except `close` from within `work`.

    Args:
      work: called with each item, on the worker's thread.
      name: of the thread.

    Attributes:
      dropped: the number of items dropped so far.
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

        Raises:
          RuntimeError: the worker is closed.
          BaseException: `work` raised it for an earlier item; `item` is not taken.
        """
        with self._changed:
            self._raise_error()
            if self._closed:
                raise RuntimeError("the worker is closed")
            self.dropped += len(self._waiting)
            self._waiting[:] = [item]
            self._changed.notify()

    def close(self) -> None:
        """Finishes the current item and the waiting one, then ends the thread. A second call does nothing.

        Raises:
          RuntimeError: it is called from within `work`, whose thread cannot wait for itself.
          BaseException: `work` raised it, and no other call has raised it yet.
        """
        self.expect_other_thread()
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        with self._changed:
            self._raise_error()

    def expect_other_thread(self) -> None:
        """Raises RuntimeError if it is called from within `work`."""
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

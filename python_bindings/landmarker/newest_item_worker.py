"""NewestItemWorker: a thread that always works on the newest item and drops older ones."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from attention_mesh.forks import tell_forked_process
from attention_mesh.framework.program_end import end_with_program

T = TypeVar("T")


class NewestItemWorker(Generic[T]):
    """Runs ``work(item)`` for the newest item on its own thread.

    If an item has not begun when the next one comes, then it is dropped. `put` never waits for the work.

    The worker keeps an exception of `work`, including SystemExit; the next `put`, `finish` or `close` raises
    it, once. The thread continues with later items. Any thread may call any method, except `finish` and
    `close` from within `work`.

    The thread refers to `work` only while it has an item. So a forgotten worker is collected, even if `work`
    refers to the worker's owner; its thread then ends. When the program ends, the current item is finished
    and the thread ends. In both cases `threading.excepthook` gets an exception that no call has raised.

    Args:
      work: called with each item, on the worker's thread.
      name: of the thread.

    Attributes:
      dropped: the number of items dropped so far.
    """

    def __init__(self, work: Callable[[T], None], name: str) -> None:
        self._work = work
        self._name = name
        self._inbox: _Inbox[T] = _Inbox()
        self._thread: threading.Thread | None = None
        tell_forked_process(self)
        self._start_thread()

    def _start_thread(self) -> None:
        end_with_program(self, feeds_a_run=True)
        self._thread = threading.Thread(target=self._inbox.empty_until_closed, name=self._name, daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        return self._inbox.dropped

    def put(self, item: T) -> None:
        """Makes `item` the next one to work on.

        Raises:
          RuntimeError: the worker is closed.
          BaseException: `work` raised it for an earlier item; `item` is not taken.
        """
        inbox = self._inbox
        with inbox.changed:
            inbox.raise_error()
            if inbox.is_closed:
                raise RuntimeError("the worker is closed")
            inbox.dropped += len(inbox.waiting)
            inbox.waiting[:] = [(self._work, item)]
            if self._thread is None:
                self._start_thread()
        inbox.bell.put(None)

    def finish(self) -> None:
        """Waits until the current item and the waiting one are finished.

        Raises:
          RuntimeError: it is called from within `work`, whose thread cannot wait for itself.
          BaseException: `work` raised it, and no other call has raised it yet.
        """
        self.expect_other_thread()
        inbox = self._inbox
        with inbox.changed:
            inbox.changed.wait_for(lambda: not (inbox.waiting or inbox.is_busy))
            inbox.raise_error()

    def close(self) -> None:
        """Finishes the current item and the waiting one, then ends the thread. A second call does nothing.

        Raises:
          RuntimeError: it is called from within `work`, whose thread cannot wait for itself.
          BaseException: `work` raised it, and no other call has raised it yet.
        """
        self.expect_other_thread()
        inbox = self._inbox
        inbox.close()
        if self._thread is not None:
            self._thread.join()
        with inbox.changed:
            inbox.raise_error()

    def expect_other_thread(self) -> None:
        """Raises RuntimeError if it is called from within `work`."""
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                f"{self._name} cannot be closed or reset from its own callback; do it outside."
            )

    def request_end(self) -> None:
        """Drops the waiting item and lets the thread end after the current one; see `program_end`."""
        with self._inbox.changed:
            self._inbox.waiting.clear()
        self._inbox.abandon()

    def await_end(self, deadline: float) -> None:
        if self._thread is not None:
            self._thread.join(max(deadline - time.monotonic(), 0))

    def leave_to_parent(self) -> None:
        """Leaves its items to the parent of a forked process; the next `put` starts a thread of its own."""
        old, self._inbox, self._thread = self._inbox, _Inbox(), None
        self._inbox.is_closed, self._inbox.dropped = old.is_closed, old.dropped

    def __del__(self) -> None:
        inbox = getattr(self, "_inbox", None)  # None if the constructor failed
        if inbox is not None:
            inbox.abandon()


class _Inbox(Generic[T]):
    """What a worker and its thread share; it does not refer to the worker."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.bell: queue.SimpleQueue[None] = queue.SimpleQueue()  # a destructor may ring it at any moment
        self.waiting: list[tuple[Callable[[T], None], T]] = []  # at most one
        self.is_busy = False
        self.is_closed = False
        self.is_abandoned = False
        self.error: BaseException | None = None
        self.dropped = 0

    def close(self) -> None:
        """Lets the thread end once nothing waits. Takes no lock, so that a destructor may call it."""
        self.is_closed = True
        self.bell.put(None)

    def abandon(self) -> None:
        """Closes an inbox whose worker cannot raise an error any more."""
        if not self.is_closed:
            self.is_abandoned = True
            self.close()

    def raise_error(self) -> None:
        """Raises what the work raised, once. Lock held."""
        error, self.error = self.error, None
        if error is not None:
            raise error

    def empty_until_closed(self) -> None:
        """The loop of the thread."""
        while self._work_on_next():
            pass
        if self.is_abandoned and self.error is not None:
            error = self.error
            arguments = (type(error), error, error.__traceback__, threading.current_thread())
            threading.excepthook(threading.ExceptHookArgs(arguments))

    def _work_on_next(self) -> bool:
        """Waits for an item and works on it; returns whether there may be more.

        Its local names are the only references to an item, so that none is left while it waits.
        """
        self.bell.get()
        with self.changed:
            if not self.waiting:
                return not self.is_closed
            work, item = self.waiting.pop()
            self.is_busy = True
        error: BaseException | None = None
        try:
            work(item)
        except BaseException as raised:  # noqa: BLE001 - handed to the caller by put, finish or close
            error = raised
        with self.changed:
            self.error = error or self.error
            self.is_busy = False
            self.changed.notify_all()
        return True

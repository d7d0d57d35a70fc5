"""TaskPool: processes that measure tasks, and outlive whatever a film does to one of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from typing import Any

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.worker import Worker
from attention_mesh.extras import MissingExtraError, install_command

try:
    from pebble import ProcessExpired, ProcessPool
except ImportError as error:
    raise MissingExtraError(f"runs over datasets need pebble: {install_command('datasets')}") from error

_TASKS_PER_JOB = 2  # scheduled at a time, so that no worker waits for the next


@dataclass(frozen=True)
class Limits:
    """What one source may take.

    Attributes:
      seconds: of time.
      memory_bytes: of the process that measures it; without effect where the system has no such limit.
    """

    seconds: float = 3600.0
    memory_bytes: int = 4_000_000_000


class TaskPool:
    """A pool of processes, each with one set of networks; a context manager, which ends them.

    The processes begin with the first task, and stay for further calls of `work`.

    Args:
      folder: of the table.
      options: how faces are measured.
      jobs: processes, each with one network thread.
      limits: a source that exceeds them fails, and stops nothing else.
    """

    def __init__(
        self, folder: str | os.PathLike[str], options: DatasetOptions, jobs: int, limits: Limits
    ) -> None:
        self.jobs = jobs
        self._folder, self._options, self._limits = folder, options, limits
        self._pool = ProcessPool(
            max_workers=jobs,
            context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(folder, options, limits.memory_bytes),
        )

    def work(self, tasks: Iterable[Task]) -> Iterator[list[dict[str, Any]]]:
        """Yields the manifest rows of each part, as they are done.

        A task that ends its process or takes too long is split into its sources. A single source that does so
        has failed; if its process ended, which may be another's fault, it gets a second one first.

        Raises:
          TableError: the table cannot be written.
        """
        waiting = deque(tasks)
        tried_again: set[Task] = set()
        running: dict[Future[list[dict[str, Any]]], Task] = {}
        while waiting or running:
            while waiting and len(running) < _TASKS_PER_JOB * self.jobs:
                task = waiting.popleft()
                seconds = self._limits.seconds * len(task.sources)
                running[self._pool.schedule(_run_task, args=(task,), timeout=seconds)] = task
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                problem = _problem(future, self._limits)
                if problem is None:
                    yield future.result()
                elif len(task.sources) > 1:
                    waiting.extendleft(reversed(task.split()))
                elif isinstance(future.exception(), ProcessExpired) and task not in tried_again:
                    tried_again.add(task)
                    waiting.appendleft(task)
                else:
                    yield Worker(self._folder, self._options).fail(task, problem)

    def close(self) -> None:
        """Ends the processes, also one that measures."""
        self._pool.stop()
        self._pool.join()

    def __enter__(self) -> TaskPool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _problem(future: Future[Any], limits: Limits) -> str | None:
    """Why a task failed, or None. Raises TableError if the table cannot be written."""
    error = future.exception()
    if error is None:
        return None
    if isinstance(error, TimeoutError):
        return f"it took more than {limits.seconds:g} seconds"
    if isinstance(error, ProcessExpired):
        return f"it ended two processes that measured it (exit code {error.exitcode})"
    if isinstance(error, MemoryError):
        return f"it needs more than {limits.memory_bytes / 1e9:g} GB of memory"
    if isinstance(error, TableError):
        raise error
    return f"{type(error).__name__}: {error}"


_worker: Worker | None = None  # of this process, if it belongs to a pool


def _start_worker(folder: str | os.PathLike[str], options: DatasetOptions, memory_bytes: int) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one decides
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    _worker = Worker(folder, options)


def _end_with_parent() -> None:
    """Ends this process when its parent is gone, which kept the time: a film may have no end."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # the pool has started this process
    parent.join()
    os._exit(1)


def _run_task(task: Task) -> list[dict[str, Any]]:
    assert _worker is not None  # the pool has called _start_worker
    return _worker.run(task)

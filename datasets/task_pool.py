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
from attention_mesh.datasets.pieces import CutFilm, Piece
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


@dataclass(frozen=True)
class _Step:
    """What a process does at a time: a task; or a piece of a long film; or, without a piece, their join.

    Attributes:
      cuts: whether a task may turn out to be a long film, of which the process only gives the pieces.
    """

    task: Task
    cuts: bool = False
    film: CutFilm | None = None
    piece: Piece | None = None


class _Film:
    """A long film of which some pieces are measured."""

    def __init__(self) -> None:
        self._left: set[Piece] = set()
        self._seconds: dict[Piece, float] = {}

    def seconds_with(self, step: _Step, result: CutFilm | float | None) -> float:
        """The time that all pieces took so far."""
        if step.piece is not None and isinstance(result, float):
            self._seconds[step.piece] = result
        return sum(self._seconds.values())

    def follow(self, step: _Step, result: CutFilm | float | None) -> list[_Step]:
        """The steps that follow from the result of one."""
        if isinstance(result, CutFilm):
            self._left = set(result.pieces)
            return [_Step(step.task, film=result, piece=piece) for piece in result.pieces]
        if result is None:
            return [_Step(step.task)]
        if step.piece in self._left:
            self._left.remove(step.piece)
            if not self._left:
                return [_Step(step.task, film=step.film)]
        return []


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
        waiting = deque(_Step(task, cuts=True) for task in tasks)
        tried_again: set[_Step] = set()
        running: dict[Future[Any], _Step] = {}
        films: dict[Task, _Film] = {}
        while waiting or running:
            while waiting and len(running) < _TASKS_PER_JOB * self.jobs:
                step = waiting.popleft()
                seconds = self._limits.seconds * len(step.task.sources)
                running[self._pool.schedule(_run_step, args=(step,), timeout=seconds)] = step
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                if future not in running:  # a piece that is not needed any more
                    continue
                step = running.pop(future)
                task, problem = step.task, _problem(future, self._limits)
                if problem is None and isinstance(rows := future.result(), list):
                    films.pop(task, None)
                    yield rows
                    continue
                if problem is None:
                    film = films.setdefault(task, _Film())
                    if film.seconds_with(step, future.result()) <= self._limits.seconds:
                        if future.result() is None:  # whole, and its other pieces are of no use
                            waiting = _without(task, waiting, running)
                        waiting.extendleft(reversed(film.follow(step, future.result())))
                        continue
                    problem = _too_long(self._limits)
                if len(task.sources) > 1:
                    waiting.extendleft(_Step(single, cuts=True) for single in reversed(task.split()))
                    continue
                if isinstance(future.exception(), ProcessExpired) and step not in tried_again:
                    tried_again.add(step)
                    waiting.appendleft(step)
                    continue
                films.pop(task, None)
                waiting = _without(task, waiting, running)
                yield Worker(self._folder, self._options).fail(task, problem)

    def close(self) -> None:
        """Ends the processes, also one that measures."""
        self._pool.stop()
        self._pool.join()

    def __enter__(self) -> TaskPool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _without(task: Task, waiting: Iterable[_Step], running: dict[Future[Any], _Step]) -> deque[_Step]:
    """The waiting steps of other tasks; those of this one that run are ended."""
    for future in [future for future, step in running.items() if step.task == task]:
        del running[future]
        future.cancel()  # which ends its process
    return deque(step for step in waiting if step.task != task)


def _problem(future: Future[Any], limits: Limits) -> str | None:
    """Why a task failed, or None. Raises TableError if the table cannot be written."""
    error = future.exception()
    if error is None:
        return None
    if isinstance(error, TimeoutError):
        return _too_long(limits)
    if isinstance(error, ProcessExpired):
        return f"it ended two processes that measured it (exit code {error.exitcode})"
    if isinstance(error, MemoryError):
        return f"it needs more than {limits.memory_bytes / 1e9:g} GB of memory"
    if isinstance(error, TableError):
        raise error
    return f"{type(error).__name__}: {error}"


def _too_long(limits: Limits) -> str:
    return f"it took more than {limits.seconds:g} seconds"


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


def _run_step(step: _Step) -> list[dict[str, Any]] | CutFilm | float | None:
    """Rows of the part; or the film's pieces; or the seconds of a piece; None for a film that stays whole."""
    assert _worker is not None  # the pool has called _start_worker
    if step.film is not None and step.piece is not None:
        return _worker.measure_piece(step.task, step.film, step.piece)
    if step.film is not None:
        return _worker.join(step.task, step.film)
    return (_worker.cut(step.task) if step.cuts else None) or _worker.run_whole(step.task)

"""Run over a dataset: a pool of processes that outlives whatever a film does to one of them."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Plan, Task, make_plan
from attention_mesh.datasets.sources import SourceFile
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.worker import Worker
from attention_mesh.extras import MissingExtraError, install_command

try:
    from pebble import ProcessExpired, ProcessPool
except ImportError as error:
    raise MissingExtraError(f"runs over datasets need pebble: {install_command('datasets')}") from error

_TASKS_PER_JOB = 2  # scheduled at a time, so that no worker waits for the next

Progress = Callable[[list[dict[str, Any]]], object]


@dataclass(frozen=True)
class Limits:
    """What one source may take.

    Attributes:
      seconds: of time.
      memory_bytes: of the process that measures it; without effect where the system has no such limit.
    """

    seconds: float = 3600.0
    memory_bytes: int = 4_000_000_000


def run_dataset(
    sources: list[SourceFile],
    folder: Path,
    options: DatasetOptions = DatasetOptions(),  # noqa: B008 - frozen
    jobs: int = 1,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    retry_failed: bool = False,
    begin: Callable[[Plan], object] = lambda plan: None,
    progress: Progress = lambda rows: None,
) -> list[dict[str, Any]]:
    """Measures the sources that are new or changed into a table.

    A run that is stopped or killed leaves a table in which every source is whole or missing; the next run
    goes on.

    Args:
      sources: as `find_sources` gives them.
      folder: of the table.
      options: how faces are measured; one for all runs over a table.
      jobs: processes, each with one network thread.
      limits: a source that exceeds them fails, and stops nothing else.
      retry_failed: whether sources that failed before are done again.
      begin: called with the plan before work begins.
      progress: called with the manifest rows of every part that is done.

    Returns:
      The manifest rows of the sources that this run did.

    Raises:
      TableError: the folder has another table, another run works on it, or it cannot be written.
    """
    table = TableFolder(folder)
    table.prepare(options)
    with table.locked():
        table.clean()
        plan = make_plan(sources, table.manifest(), retry_failed, jobs)
        begin(plan)
        rows: list[dict[str, Any]] = []
        try:
            while plan.tasks or plan.stale:  # a second time only if a worker of a killed run wrote meanwhile
                table.remove(plan.stale)
                for done in _work(plan.tasks, folder, options, jobs, limits):
                    rows += done
                    progress(done)
                plan = make_plan(sources, table.manifest(), jobs=jobs)
        finally:
            table.clean()
            table.write_manifest()
        return rows


def _work(
    tasks: list[Task], folder: Path, options: DatasetOptions, jobs: int, limits: Limits
) -> Iterator[list[dict[str, Any]]]:
    """Yields the manifest rows of each part, as they are done.

    A task that ends its process or takes too long is split into its sources. A single source that does so has
    failed; if its process ended, which may be another's fault, it gets a second one first.
    """
    waiting = deque(tasks)
    tried_again: set[Task] = set()
    running: dict[Future[list[dict[str, Any]]], Task] = {}
    pool = ProcessPool(
        max_workers=jobs,
        context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(folder, options, limits.memory_bytes),
    )
    try:
        while waiting or running:
            while waiting and len(running) < _TASKS_PER_JOB * jobs:
                task = waiting.popleft()
                seconds = limits.seconds * len(task.sources)
                running[pool.schedule(_run_task, args=(task,), timeout=seconds)] = task
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                problem = _problem(future, limits)
                if problem is None:
                    yield future.result()
                elif len(task.sources) > 1:
                    waiting.extendleft(reversed(task.split()))
                elif isinstance(future.exception(), ProcessExpired) and task not in tried_again:
                    tried_again.add(task)
                    waiting.appendleft(task)
                else:
                    yield Worker(folder, options).fail(task, problem)
        pool.close()
    finally:
        pool.stop()  # does nothing after close
        pool.join()


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


def _start_worker(folder: Path, options: DatasetOptions, memory_bytes: int) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one decides
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    _worker = Worker(folder, options)


def _run_task(task: Task) -> list[dict[str, Any]]:
    assert _worker is not None  # the pool has called _start_worker
    return _worker.run(task)

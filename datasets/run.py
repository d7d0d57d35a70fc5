"""Run over a dataset: what is new or changed is planned, measured, and put in its table."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.piece_file import remove_other_pieces
from attention_mesh.datasets.plan import Plan, make_plan
from attention_mesh.datasets.sources import SourceFile
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits, TaskPool

if TYPE_CHECKING:
    from attention_mesh.datasets.ray_pool import RayPool

Progress = Callable[[list[dict[str, Any]]], object]


def run_dataset(
    sources: list[SourceFile],
    folder: str | os.PathLike[str],
    options: DatasetOptions = DatasetOptions(),  # noqa: B008 - frozen
    jobs: int = 1,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    retry_failed: bool = False,
    begin: Callable[[Plan], object] = lambda plan: None,
    progress: Progress = lambda rows: None,
    ray_address: str | None = None,
) -> list[dict[str, Any]]:
    """Measures the sources that are new or changed into a table.

    A run that is stopped or killed leaves a table in which every source is whole or missing; the next run
    goes on.

    Args:
      sources: as `find_sources` gives them.
      folder: of the table; also the URL of one in a bucket.
      options: how faces are measured; one for all runs over a table.
      jobs: processes, each with one network thread; 0: one per processor.
      limits: a source that exceeds them fails, and stops nothing else.
      retry_failed: whether sources that failed before are done again.
      begin: called with the plan before work begins.
      progress: called with the manifest rows of every part that is done.
      ray_address: of a Ray cluster that does the work, see `RayPool`; None does it here.

    Returns:
      The manifest rows of the sources that this run did.

    Raises:
      TableError: the folder has another table, another run works on it, or it cannot be written.
      ClusterError: no Ray cluster answers at the address, or it cannot do the work.
      MissingExtraError: ray is not installed.
    """
    table = TableFolder(folder)
    table.prepare(options)
    with table.locked():
        table.clean()
        rows: list[dict[str, Any]] = []
        is_idle = False
        try:
            with open_pool(ray_address, folder, options, jobs, limits) as pool:
                plan = make_plan(sources, table.manifest(), retry_failed, pool.jobs)
                remove_other_pieces(table.path, [task.part for task in plan.tasks])
                begin(plan)
                is_idle = table.is_listed and not plan.tasks and not plan.stale
                while plan.tasks or plan.stale:  # again only if a worker of a killed run wrote meanwhile
                    table.remove(plan.stale)
                    for done in pool.work(plan.tasks):
                        rows += done
                        progress(done)
                    plan = make_plan(sources, table.manifest(), jobs=pool.jobs)
            remove_other_pieces(table.path, [])
        finally:
            if not is_idle:
                table.clean()
                table.write_manifest()
        return rows


def open_pool(
    ray_address: str | None,
    folder: str | os.PathLike[str],
    options: DatasetOptions,
    jobs: int,
    limits: Limits,
) -> TaskPool | RayPool:
    """What does the tasks of a run: processes of this machine, or workers of a Ray cluster."""
    if ray_address is None:
        return TaskPool(folder, options, jobs or os.cpu_count() or 1, limits)
    from attention_mesh.datasets.ray_pool import RayPool

    return RayPool(ray_address, folder, options, jobs, limits)

"""Run over a dataset: what is new or changed is planned, measured, and put in its table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Plan, make_plan
from attention_mesh.datasets.sources import SourceFile
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits, TaskPool

Progress = Callable[[list[dict[str, Any]]], object]


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
                with TaskPool(folder, options, jobs, limits) as pool:
                    for done in pool.work(plan.tasks):
                        rows += done
                        progress(done)
                plan = make_plan(sources, table.manifest(), jobs=jobs)
        finally:
            table.clean()
            table.write_manifest()
        return rows

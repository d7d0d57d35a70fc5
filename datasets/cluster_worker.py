"""ClusterWorker: does tasks on one machine of a cluster, as often as the cluster likes, and each once."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from typing import Any

import attention_mesh
from attention_mesh.datasets.arrow import manifest_of_part
from attention_mesh.datasets.errors import ClusterError, TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits, TaskPool
from attention_mesh.datasets.worker import Worker

_DEATHS_OF_MANY = 2
"""So many workers may die with a task of several sources before each gets a task of its own."""

_DEATHS_OF_ONE = 5
"""So many may die with a single source, because machines are also taken away for other reasons than films."""


class ClusterWorker:
    """Measures tasks in a process of its own, so that a film ends that process and not the worker.

    A cluster gives a task to a second worker if it hears nothing of the first, which may have finished it or
    still be at it. So the part is asked first: if it is there, its manifest is the answer. Two workers at the
    same task write the same part under the same name.

    Args:
      folder: of the table, on a disk that all machines share.
      options: how faces are measured.
      limits: for each source.
      version: of attention_mesh where the run was started.
      begun: called with the name of a part before work at it begins; how often it has been called for that
        part, in all workers.

    Raises:
      ClusterError: this machine has another version.
      TableError: it does not see the table.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        options: DatasetOptions,
        limits: Limits,
        version: str,
        begun: Callable[[str], int],
    ) -> None:
        machine = platform.node()
        if attention_mesh.__version__ != version:
            raise ClusterError(
                f"{machine} has attention_mesh {attention_mesh.__version__}; install {version}, as here"
            )
        self._table = TableFolder(folder)
        try:
            known = self._table.options()
        except TableError as error:
            raise TableError(
                f"{folder}: {machine} of the cluster does not see this table; "
                "give a folder on a disk that all its machines share"
            ) from error
        if known != options:
            raise TableError(f"{folder}: {machine} of the cluster sees another table there")
        self._folder, self._options, self._begun = folder, options, begun
        self._pool = TaskPool(folder, options, 1, limits)

    def run(self, task: Task) -> list[dict[str, Any]]:
        """Does a task that is not done yet. Returns the manifest rows of its sources.

        Raises:
          TableError: the table cannot be written.
        """
        path = self._table.part_path(task.part)
        if path.exists():
            return manifest_of_part(path)
        deaths = self._begun(task.part) - 1
        if len(task.sources) > 1 and deaths >= _DEATHS_OF_MANY:
            return [row for single in task.split() for row in self.run(single)]
        if deaths >= _DEATHS_OF_ONE:
            return Worker(self._folder, self._options).fail(task, f"it ended {deaths} workers of the cluster")
        return [row for rows in self._pool.work([task]) for row in rows]

    def close(self) -> None:
        """Ends the process that measures."""
        self._pool.close()

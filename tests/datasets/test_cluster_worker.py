"""Tests of `ClusterWorker`: what a worker does with a task that others had before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import attention_mesh
from attention_mesh.datasets.cluster_worker import ClusterWorker
from attention_mesh.datasets.errors import ClusterError, TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits
from attention_mesh.datasets.worker import Worker

VERSION = attention_mesh.__version__


def worker(folder: Path, begun: Callable[[str], int]) -> ClusterWorker:
    return ClusterWorker(folder, DatasetOptions(), Limits(), VERSION, begun)


@pytest.fixture
def table_folder(tmp_path: Path) -> Path:
    TableFolder(tmp_path).prepare(DatasetOptions())
    return tmp_path


def test_a_part_that_is_there_is_not_measured_again(table_folder, media_folder):
    task = Task(tuple(find_sources(str(media_folder / "a.png"))))
    first = Worker(table_folder, DatasetOptions()).run(task)
    begun: list[str] = []
    again = worker(table_folder, lambda part: begun.append(part) or 1).run(task)
    assert again == first and not begun


def test_a_film_that_ends_worker_after_worker_fails_alone(table_folder, media_folder):
    """As often as it ends one, also without a limit for retries."""
    poison, good = find_sources(str(media_folder / "ward 0/film[02].mp4"))
    task = Task((poison, good))
    deaths = {task.part: 3, Task((poison,)).part: 6}
    one = worker(table_folder, lambda part: deaths.get(part, 1))
    try:
        rows = one.run(task)
    finally:
        one.close()
    assert [row["status"] for row in rows] == ["failed", "done"]
    assert [row["error"] for row in rows] == ["it ended 5 workers of the cluster", None]
    assert {row["part"] for row in rows} == set(TableFolder(table_folder).parts())


def test_a_machine_with_another_version_or_without_the_table_refuses(table_folder, tmp_path):
    with pytest.raises(ClusterError, match=f"has attention_mesh {VERSION}; install 0.0, as here"):
        ClusterWorker(table_folder, DatasetOptions(), Limits(), "0.0", lambda part: 1)
    with pytest.raises(TableError, match="does not see this table; give a folder on a disk that all"):
        worker(tmp_path / "elsewhere", lambda part: 1)
    with pytest.raises(TableError, match="sees another table there"):
        ClusterWorker(table_folder, DatasetOptions(num_faces=2), Limits(), VERSION, lambda part: 1)

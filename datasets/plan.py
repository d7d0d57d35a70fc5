"""Plan of a run: which sources are new or changed, and which of them share a part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from attention_mesh.datasets.sources import FILM, SourceFile, sources_of_rows

_MOST_PHOTOS = 200
_MOST_FILMS = 32
_MOST_FILM_BYTES = 32_000_000
"""Short films share a part, because a million films would else be a million small files."""

_TASKS_PER_JOB = 8
"""So many tasks, at least, keep all processes busy to the end, if there are as many sources."""


@dataclass(frozen=True)
class Task:
    """The sources of one part, in the order of their names."""

    sources: tuple[SourceFile, ...]

    @property
    def part(self) -> str:
        """The name of the part: the same for the same files, so that doing a task twice writes one part."""
        text = "\n".join(f"{s.name}\t{s.size_bytes}\t{s.modified_ns}" for s in self.sources)
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def split(self) -> list[Task]:
        """A task for each source."""
        return [Task((source,)) for source in self.sources]


@dataclass(frozen=True)
class Plan:
    """What a run has to do.

    Attributes:
      tasks: their sources are not in the table.
      stale: names of parts with a source that has changed, is in another part, too, or is to be retried; the
        other sources of such a part are in `tasks`, too.
      done: how many of the sources are in the table and unchanged.
    """

    tasks: list[Task]
    stale: list[str]
    done: int


def make_plan(
    sources: Sequence[SourceFile],
    manifest: Iterable[dict[str, Any]],
    retry_failed: bool = False,
    jobs: int = 1,
) -> Plan:
    """Compares sources with the manifest of a table.

    Args:
      sources: in the order of their names.
      manifest: rows with the columns of `MANIFEST_COLUMNS`.
      retry_failed: whether sources that failed are done again.
      jobs: processes among which the tasks are divided.
    """
    by_name = {source.name: source for source in sources}
    rows: dict[str, dict[str, Any]] = {}
    stale: set[str] = set()
    for row in manifest:
        name = row["source"]
        # A worker that outlived its run may have finished a part with other sources than this run's.
        is_doubled = name in rows and rows[name]["part"] not in stale
        has_changed = name in by_name and _differs(by_name[name], row)
        if is_doubled or has_changed or (retry_failed and row["status"] == "failed"):
            stale.add(row["part"])
        if not is_doubled:
            rows[name] = row
    # Of another folder than this time, but in a part that goes.
    others = [row for name, row in rows.items() if row["part"] in stale and name not in by_name]
    for source in sources_of_rows(others):
        by_name.setdefault(source.name, source)
    todo = [
        source for name, source in sorted(by_name.items()) if name not in rows or rows[name]["part"] in stale
    ]
    return Plan(_tasks(todo, len(todo) // (_TASKS_PER_JOB * jobs)), sorted(stale), len(by_name) - len(todo))


def _differs(source: SourceFile, row: dict[str, Any]) -> bool:
    """Whether a file has changed. One that a server does not show now may be there again: its rows stay."""
    now = source.size_bytes, source.modified_ns
    return now != (-1, -1) and now != (row["size_bytes"], row["modified_ns"])


def _tasks(sources: Sequence[SourceFile], most: int) -> list[Task]:
    """Tasks of at most so many sources, one at least."""
    tasks: list[Task] = []
    waiting: list[SourceFile] = []
    for source in sources:
        if waiting and (len(waiting) >= most or not _fits(waiting, source)):
            tasks.append(Task(tuple(waiting)))
            waiting = []
        waiting.append(source)
    if waiting:
        tasks.append(Task(tuple(waiting)))
    return tasks


def _fits(waiting: Sequence[SourceFile], source: SourceFile) -> bool:
    if source.kind != waiting[0].kind or source.size_bytes < 0:
        return False
    if source.kind != FILM:
        return len(waiting) < _MOST_PHOTOS
    size = sum(other.size_bytes for other in waiting) + source.size_bytes
    return len(waiting) < _MOST_FILMS and size <= _MOST_FILM_BYTES

"""Check of a table: whether rows and manifest agree, and which films are doubtful."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from attention_mesh.datasets.arrow import read_columns
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.table_folder import TableFolder

_FEW_FACES = 0.5  # of the frames


@dataclass
class CheckReport:
    """What a check found.

    Attributes:
      sources: how many are in the table, by status.
      frames, faces: in all.
      problems: texts about rows that are missing, doubled or out of order, and about damaged parts.
      doubtful: manifest rows of films that were cut off, failed, or have a face in less than half of their
        frames.
    """

    sources: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    faces: int = 0
    problems: list[str] = field(default_factory=list)
    doubtful: list[dict[str, Any]] = field(default_factory=list)


def check_table(table: TableFolder) -> CheckReport:
    """Reads the numbers of all rows. Raises TableError if the folder is no table."""
    table.options()
    report = CheckReport()
    manifest = table.manifest()
    for name, count in Counter(row["source"] for row in manifest).items():
        if count > 1:
            report.problems.append(f"{name} is in the table {count} times")
    for row in manifest:
        report.sources[row["status"]] += 1
        report.frames += row["frames"]
        report.faces += row["faces"]
        if row["status"] != "done" or row["frames_with_face"] < _FEW_FACES * row["frames"]:
            report.doubtful.append(row)
    expected: dict[str, dict[str, dict[str, Any]]] = {}
    for row in manifest:
        expected.setdefault(row["part"], {})[row["source"]] = row
    for part, rows in expected.items():
        try:
            columns = read_columns(table.part_path(part), ("source", "frame", "face"))
        except TableError as error:
            report.problems.append(str(error))
            continue
        report.problems += _problems(columns, rows)
    return report


def _problems(columns: dict[str, list[Any]], rows: dict[str, dict[str, Any]]) -> list[str]:
    """What is wrong with the rows of a part, whose sources have these manifest rows."""
    problems = []
    counts = Counter(columns["source"])
    for name in counts.keys() - rows.keys():
        problems.append(f"{name}: {counts[name]} rows, but the manifest does not know it")
    for name, row in rows.items():
        if counts[name] != row["faces"]:
            problems.append(f"{name}: {counts[name]} rows, but the manifest says {row['faces']} faces")
    last: dict[str, tuple[int, int]] = {}
    for name, frame, face in zip(*columns.values(), strict=True):
        before = last.get(name, (-1, -1))
        is_next = frame == before[0] and face == before[1] + 1
        if not is_next and not (frame > before[0] and face == 0):
            problems.append(
                f"{name}: face {face} of frame {frame} follows face {before[1]} of frame {before[0]}"
            )
            break
        last[name] = frame, face
    return problems

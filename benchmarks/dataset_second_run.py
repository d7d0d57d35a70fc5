"""A second run over a dataset that is done: what it costs to see that there is nothing to do.

It makes so many empty files of films, and the parts and the manifest of a table that has them, and runs
`attention-mesh dataset run` over them, as a program. No film is opened: sizes and times are the manifest's.

    python benchmarks/dataset_second_run.py 10000 100000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from attention_mesh.cli.machine import machine_description
from attention_mesh.datasets.arrow import write_manifest
from attention_mesh.datasets.columns import MANIFEST_COLUMNS
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder

PER_FOLDER, PER_PART = 1000, 32


def make(folder: Path, count: int) -> None:
    """Films, and a table that has them."""
    for number in range(count):
        path = folder / f"films/{number // PER_FOLDER:04}/{number:07}.mp4"
        if number % PER_FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.touch()
    table = TableFolder(folder / "table")
    table.prepare(DatasetOptions())
    rows = []
    facts = {"status": "done", "frames": 90, "frames_with_face": 90, "faces": 90, "version": "1", "fps": 30.0}
    for number, source in enumerate(find_sources(str(folder / "films"))):
        rows.append(
            {
                **dict.fromkeys(column.name for column in MANIFEST_COLUMNS),
                **facts,
                "source": source.name,
                "kind": source.kind,
                "size_bytes": source.size_bytes,
                "modified_ns": source.modified_ns,
                "part": f"{number // PER_PART:024x}"[::-1],
            }
        )
    for name in {row["part"] for row in rows}:
        part = table.faces / name[:2] / f"{name}.parquet"
        part.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    write_manifest(table.path / "manifest.parquet", rows)


def seconds(*arguments: object) -> float:
    """The processor time of a program, which has one busy thread; other programs do not disturb it."""
    before = sum(os.times()[2:4])
    command = [sys.executable, "-m", "attention_mesh", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)
    return sum(os.times()[2:4]) - before


def main() -> None:
    """Prints a row per number of films."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(machine_description())
    print("| films | second run, processor s | dataset status | --version |")
    print("|---|---|---|---|")
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), count)
            table = Path(folder) / "table"
            runs = [
                [
                    seconds("dataset", "run", Path(folder) / "films", "-o", table),
                    seconds("dataset", "status", table),
                    seconds("--version"),
                ]
                for _ in range(options.repeats)
            ]
            print(
                f"| {count} | "
                + " | ".join(f"{median(column):.2f}" for column in zip(*runs, strict=True))
                + " |"
            )


if __name__ == "__main__":
    main()

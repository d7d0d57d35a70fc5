"""A training's figures as a table in a file, row by row."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path


class TrainingLog:
    """A CSV file with the columns step, name, value: one line a figure."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def begin(self, step: int) -> None:
        """Drops lines of steps after `step`, which a resumed training is going to write again."""
        rows = [row for row in self.rows() if row[0] <= step]
        with self.file.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("step", "name", "value"), *rows])

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        with self.file.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows((step, name, f"{value:.6g}") for name, value in figures.items())

    def rows(self) -> list[tuple[int, str, float]]:
        """(step, name, value) of every whole line; a line that a kill cut short is left out."""
        if not self.file.exists():
            return []
        rows = []
        with self.file.open(newline="", encoding="utf-8") as stream:
            for row in list(csv.reader(stream))[1:]:
                try:
                    step, name, value = row
                    rows.append((int(step), name, float(value)))
                except ValueError:
                    continue
        return rows

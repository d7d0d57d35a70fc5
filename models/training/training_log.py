"""Training log: the figures of a training as a CSV file, as TensorBoard events and as a picture of curves."""

from __future__ import annotations

import csv
import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = tuple[int, str, float]  # step, name, value


class TrainingLog:
    """A CSV file with the columns step, name, value, and one line per figure."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def begin(self, step: int) -> None:
        """Drops the lines after `step`, of step 0 all: the training writes them again."""
        rows = [row for row in self.rows() if 0 < step >= row[0]]
        with self.file.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("step", "name", "value"), *rows])

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        with self.file.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows((step, name, f"{value:.6g}") for name, value in figures.items())

    def rows(self) -> list[Row]:
        """Every complete line; skips a line that was cut short when the process was killed."""
        if not self.file.exists():
            return []
        rows: list[Row] = []
        with self.file.open(newline="", encoding="utf-8") as stream:
            for row in list(csv.reader(stream))[1:]:
                try:
                    step, name, value = row
                    rows.append((int(step), name, float(value)))
                except ValueError:
                    continue
        return rows


class RunningMeans:
    """Means of named figures over the steps since the last `take`."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._steps = 0

    def add(self, figures: Mapping[str, float]) -> None:
        """Adds the figures of one step."""
        for name, value in figures.items():
            self._sums[name] += float(value)
        self._steps += 1

    def take(self) -> dict[str, float]:
        """The means by name, none without a step; the next step starts new means."""
        means = {name: value / self._steps for name, value in self._sums.items()}
        self._sums.clear()
        self._steps = 0
        return means


class EventWriter:
    """TensorBoard event files. Without tensorboardX (extra `tensorboard`) it writes nothing.

    Args:
        folder: of the files.
        step: the steps done. TensorBoard hides the later figures of an earlier, killed run.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._writer: Any = None
        if importlib.util.find_spec("tensorboardX") is not None:
            from tensorboardX import SummaryWriter

            self._writer = SummaryWriter(str(folder), purge_step=step + 1)

    def write(self, step: int, figures: Mapping[str, float]) -> None:
        for name, value in figures.items():
            if self._writer is not None:
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def draw_curves(rows: Iterable[Row], file: Path) -> bool:
    """Writes a PNG of `curves_figure`.

    Returns:
        False if matplotlib (extra `plot`) is not installed; no file is written then.
    """
    if importlib.util.find_spec("matplotlib") is None:
        return False
    curves_figure(rows).savefig(file, dpi=80)
    return True


def curves_figure(rows: Iterable[Row]) -> Figure:
    """A matplotlib figure with two panels: the losses on a logarithmic scale, and the validation errors.

    A curve with fewer than 20 points has markers. Losses at or below 0 are left out of the logarithmic scale.
    """
    from matplotlib.figure import Figure

    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for step, name, value in rows:
        curves[name.removeprefix("final_")].append((step, value))
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    losses, errors = figure.subplots(1, 2)
    for name, points in sorted(curves.items()):
        panel = errors if name.startswith("error_") else losses
        panel.plot(*zip(*points, strict=True), label=name, marker="." if len(points) < 20 else "")
    for panel, title in ((losses, "training losses"), (errors, "validation errors, %")):
        panel.set(xlabel="step", title=title)
        panel.grid(alpha=0.3)
        if panel.lines:
            panel.legend(fontsize="small")
    if any(
        value > 0 for name, points in curves.items() if not name.startswith("error_") for _, value in points
    ):
        losses.set_yscale("log")
    errors.set_ylim(bottom=0)
    return figure

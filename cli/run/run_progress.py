"""How far a run is, on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from attention_mesh.cli.progress_bar import ProgressBar


class _FpsColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(
            "– fps" if speed is None else f"{speed:.1f} fps", style="progress.data.speed", no_wrap=True
        )


class RunProgress:
    """A bar with frames, fps and remaining time where the length is known; frames, fps and time where not.

    Writes to stderr; where that is no terminal, only the last state is printed. Use as a context manager.
    """

    def __init__(self, console: Console, length: int | None, label: str) -> None:
        if length is None:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                TextColumn("{task.completed:.0f} frames"),
            )
            columns += (_FpsColumn(table_column=Column(no_wrap=True, min_width=9)), TimeElapsedColumn())
        else:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                _FpsColumn(table_column=Column(no_wrap=True, min_width=9)),
            )
            columns += (TextColumn("ETA"), TimeRemainingColumn())
        self._progress = ProgressBar(*columns, console=console, speed_estimate_period=5.0)
        self._task = self._progress.add_task(label, total=length)

    def update(self, completed: int) -> None:
        """Sets the number of finished frames."""
        self._progress.update(self._task, completed=completed)

    def __enter__(self) -> RunProgress:
        self._progress.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.__exit__(*error)

"""How far a long job is, on the terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from attention_mesh.cli.progress_bar import ProgressBar


@contextlib.contextmanager
def job_progress(what: str, total: int) -> Iterator[Callable[..., None]]:
    """A bar with count and remaining time on stderr; yields update(done, note=None)."""
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("ETA"),
        TimeRemainingColumn(), TextColumn("{task.fields[note]}", markup=False),
    )  # fmt: skip
    with ProgressBar(*columns, console=Console(stderr=True), speed_estimate_period=60.0) as progress:
        task = progress.add_task(what, total=total, note="")

        def update(done: int, note: str | None = None) -> None:
            progress.update(task, completed=done, **({} if note is None else {"note": note}))

        yield update

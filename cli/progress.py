"""Progress bars on stderr, for jobs with a known number of steps and for runs over frames."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from attention_mesh.cli.progress_lines import ProgressLines

_PERIOD_S = 0.1


class ProgressBar(Progress):
    """rich's Progress, drawn at most ten times per second by the thread that reports the progress.

    rich draws on its own thread and does not wait for that thread's end, so that thread may outlive the job.
    """

    def __init__(self, *columns: ProgressColumn, **options: Any) -> None:
        super().__init__(*columns, auto_refresh=False, **options)
        self._due = 0.0

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """See rich.progress.Progress.update; the bar itself decides on `refresh`."""
        now = time.monotonic()
        refresh = now >= self._due
        if refresh:
            self._due = now + _PERIOD_S
        super().update(task_id, refresh=refresh, **changes)


class JobProgress:
    """The progress of a job on stderr: a bar, or lines if stderr is no terminal.

    Args:
      progress: the bar.
      what: the name of the units.
      total: their number.
    """

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress, self._what, self._total = progress, what, total
        self._task = progress.add_task(what, total=total, note="")
        self._note = ""
        self._lines = ProgressLines(what, total)

    def __call__(self, done: int, note: str | None = None) -> None:
        """Shows the number of units that are done; `note` stays until the next one."""
        self._note = self._note if note is None else note
        self._progress.update(self._task, completed=done, note=self._note)
        if self._progress.console.is_terminal:
            return
        if line := self._lines.next(done, self._note):
            self.say(line)

    def say(self, text: str) -> None:
        """Prints a line that stays, above the bar."""
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def job_progress(what: str, total: int) -> Iterator[JobProgress]:
    """Shows a bar with count and remaining time on stderr; where that is no terminal, lines."""
    columns = [
        _plain_text("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        _plain_text("{task.fields[note]}"),
    ]
    console = Console(stderr=True)
    lines = not console.is_terminal
    with ProgressBar(*columns, console=console, disable=lines, speed_estimate_period=60.0) as progress:
        yield JobProgress(progress, what, total)


@contextlib.contextmanager
def frame_progress(
    console: Console, length: int | None, label: str
) -> Iterator[Callable[[int | None], None]]:
    """Shows frames, fps and time; yields `update(done)`; ``update(None)`` takes the display back.

    If the length is known, the time is the remaining one and there is a bar; otherwise it is the elapsed
    time.
    """
    fps = _FpsColumn(table_column=Column(no_wrap=True, min_width=9))
    columns: list[ProgressColumn]
    if length is None:
        frames = _plain_text("{task.completed:.0f} frames")
        columns = [SpinnerColumn(), _plain_text("{task.description}"), frames, fps, TimeElapsedColumn()]
    else:
        columns = [_plain_text("{task.description}"), BarColumn(), MofNCompleteColumn(), fps]
        columns += [TextColumn("ETA"), TimeRemainingColumn()]
    with ProgressBar(*columns, console=console, speed_estimate_period=5.0) as progress:
        task = progress.add_task(label, total=length)

        def update(done: int | None) -> None:
            if done is None:
                progress.live.transient = True  # erased at the end
            else:
                progress.update(task, completed=done)

        yield update


class _FpsColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(
            "– fps" if speed is None else f"{speed:.1f} fps", style="progress.data.speed", no_wrap=True
        )


def _plain_text(template: str) -> TextColumn:
    """A file name may hold brackets, which rich would take for markup."""
    return TextColumn(template, markup=False)

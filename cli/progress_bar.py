"""A progress bar without a thread."""

from __future__ import annotations

import time
from typing import Any

from rich.progress import Progress, TaskID

_PERIOD_S = 0.1


class ProgressBar(Progress):
    """rich's Progress, drawn by the thread that reports, at most ten times a second.

    rich draws on a thread of its own and does not wait for that thread's end, so it may outlive the job.
    """

    def __init__(self, *columns: Any, **options: Any) -> None:
        super().__init__(*columns, auto_refresh=False, **options)
        self._due = 0.0

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """See rich.progress.Progress.update; `refresh` is decided here."""
        now = time.monotonic()
        refresh = now >= self._due
        if refresh:
            self._due = now + _PERIOD_S
        super().update(task_id, refresh=refresh, **changes)

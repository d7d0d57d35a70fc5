"""Shows how far the download is: a bar on a terminal, one line elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

# done and total in bytes; total is 0 as long as it is unknown
Report = Callable[[int, int], None]


@contextlib.contextmanager
def download_progress(what: str) -> Iterator[Report]:
    """On stderr; yields the function to call with the bytes done and the bytes in all."""
    if not sys.stderr.isatty():
        print(f"attention_mesh: fetching {what}", file=sys.stderr, flush=True)
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"fetching {what}", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)

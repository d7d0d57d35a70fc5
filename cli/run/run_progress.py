"""The progress of a run on stderr: a bar on a terminal, elsewhere lines."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator

from attention_mesh.cli.progress_lines import ProgressLines
from attention_mesh.cli.user_command import tell

# If one of them is set, rich takes stderr for a terminal.
_TERMINAL_VARIABLES = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@contextlib.contextmanager
def run_progress(length: int | None, label: str) -> Iterator[Callable[[int | None], None]]:
    """Yields `update(done)`; after ``update(None)``, nothing is left on the screen.

    Without a terminal, rich is not needed, and takes no time to load.

    Args:
      length: how many frames there are; None if it is unknown.
      label: what is read.
    """
    if sys.stderr is not None and (
        sys.stderr.isatty() or any(name in os.environ for name in _TERMINAL_VARIABLES)
    ):
        from rich.console import Console

        from attention_mesh.cli.progress import frame_progress

        with frame_progress(Console(stderr=True), length, label) as update:
            yield update
        return
    frames: int | None = 0
    begin = time.monotonic()
    lines = ProgressLines(f"{label}: frame", length)

    def count(done: int | None) -> None:
        nonlocal frames
        frames = done
        if done and done != length and (line := lines.next(done)):
            tell(line)

    yield count
    if frames is None:
        return
    total = "" if length is None else f"/{length}"
    tell(f"{label}: {frames}{total} frames, {frames / max(time.monotonic() - begin, 1e-6):.1f} fps")

"""The end of a run in which something does not return."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

from attention_mesh.cli.user_command import EXIT_INTERRUPTED, report


def abandon(text: str) -> NoReturn:
    """Ends the process at once with exit code 130, though threads still run; prints `text` as a warning.

    An orderly exit would end those threads wherever they are, and inside of C++ that aborts the process.
    Files must be complete before.
    """
    try:
        report(text, "warning")
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    finally:
        os._exit(EXIT_INTERRUPTED)

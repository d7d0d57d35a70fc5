"""How much more a disk takes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def free_bytes(path: str | os.PathLike[str]) -> int | None:
    """Bytes that are free where the file `path` is or would be, behind any link; None where unknown."""
    try:
        usage = shutil.disk_usage(Path(os.path.realpath(path)).parent)
    except OSError:
        return None
    return usage.free if usage.total else None  # some network file systems say 0 of 0

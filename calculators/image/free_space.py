"""How much more a disk takes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def free_bytes(path: str | os.PathLike[str]) -> int | None:
    """Bytes that are free where the file `path` is or would be, None where the system does not tell."""
    try:
        usage = shutil.disk_usage(Path(path).parent)
    except OSError:
        return None
    return usage.free if usage.total else None  # some network file systems say 0 of 0

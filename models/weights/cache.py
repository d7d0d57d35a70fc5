"""The cache folder of the weights: where it is, and its lock, which one process at a time holds."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_mesh.models.weights.errors import WeightsError

CACHE_VARIABLE = "ATTENTION_MESH_CACHE"
LOCK_NAME = ".lock"
_POLL_S = 0.05


def cache_folder() -> Path:
    """$ATTENTION_MESH_CACHE, else `attention_mesh` in the user's cache folder. It may not exist yet.

    The user's cache folder is $XDG_CACHE_HOME or ~/.cache; ~/Library/Caches on macOS; %LOCALAPPDATA% on
    Windows.
    """
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "attention_mesh"


@contextlib.contextmanager
def locked(folder: Path, wait_s: float = 600.0) -> Iterator[None]:
    """Makes the folder and holds its lock file inside the `with` block.

    The operating system keeps the lock, so a process that dies releases it. Threads of one process exclude
    each other too.

    Raises:
      WeightsError: the folder cannot be made or written, or another process or thread holds the lock for
        longer than `wait_s` seconds.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK_NAME).open("a+b")
    except OSError as error:
        raise WeightsError(
            f"the cache folder {folder} cannot be used ({error.strerror or error}); "
            f"set {CACHE_VARIABLE} to a folder that can be written"
        ) from error
    with file:
        deadline = time.monotonic() + wait_s
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise WeightsError(f"another process has held {folder / LOCK_NAME} for {wait_s:.0f} s")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

"""Lets one process at a time work in a folder."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_mesh.models.weights.cache_folder import CACHE_VARIABLE
from attention_mesh.models.weights.errors import WeightsError

LOCK_NAME = ".lock"
_POLL_S = 0.05


@contextlib.contextmanager
def locked(folder: Path, wait_s: float = 600.0) -> Iterator[None]:
    """Holds the folder's lock file inside the `with` block, making the folder first.

    The lock is the operating system's, so it goes with a process that dies; threads of one process exclude
    each other too. Raises WeightsError when the folder cannot be made or written, or when somebody else
    keeps the lock longer than `wait_s` seconds.
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
                raise WeightsError(f"{folder / LOCK_NAME} has been held elsewhere for {wait_s:.0f} s")
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

"""The cache folder of the weights: where it is, how it is mended, and its lock, which one process holds."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_mesh.media.files import write_whole
from attention_mesh.models.weights.errors import WeightsError

CACHE_VARIABLE = "ATTENTION_MESH_CACHE"
LOCK_NAME = ".lock"
_POLL_S = 0.05
_SILENT_S = 2.0  # of a wait for the lock
_OWN_FOLDER = 0o700
_MENDINGS = 3  # of a lock that is no file


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
    each other too. A wait of more than two seconds is told on stderr. What lies in the place of the lock file
    and is no file is removed.

    Raises:
      WeightsError: the folder cannot be made or written, or another process or thread holds the lock for
        longer than `wait_s` seconds.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _open_lock(folder / LOCK_NAME)
    except OSError as error:
        raise WeightsError(
            f"the cache folder {folder} cannot be used ({error.strerror or error}); "
            f"set {CACHE_VARIABLE} to a folder that can be written"
        ) from error
    with file:
        began, told = time.monotonic(), False
        while not _try_lock(file):
            waited = time.monotonic() - began
            if waited > _SILENT_S and not told:
                print(
                    f"attention_mesh: waiting for another program that prepares files in {folder}",
                    file=sys.stderr,
                    flush=True,
                )
                told = True
            if waited > wait_s:
                raise WeightsError(f"another process has held {folder / LOCK_NAME} for {wait_s:.0f} s")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            _unlock(file)


def _open_lock(path: Path) -> BinaryIO:
    for left in reversed(range(_MENDINGS)):
        try:
            if path.is_symlink() or (path.exists() and not path.is_file()):
                remove_entry(path)
            return path.open("a+b")
        except OSError:
            if not left:
                raise
            remove_entry(path)  # one that may not be opened
    raise AssertionError


def remove_entry(path: Path) -> None:
    """Removes what lies at a path in the cache: a file, a link, a pipe or a folder with all that is in it.

    Raises OSError if it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        import shutil  # here, because only a damaged cache needs it

        path.chmod(_OWN_FOLDER)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_entry(path: Path, data: bytes) -> None:
    """Writes a file into a folder of the cache, in the place of whatever is there.

    A folder that is no folder is replaced by one, and one that may not be used is opened to its owner. A link
    to a file keeps its place.

    Raises OSError if the file cannot be written.
    """
    folder = path.parent
    if os.path.lexists(folder) and not folder.is_dir():
        remove_entry(folder)
    if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        folder.chmod(_OWN_FOLDER)
    if os.path.lexists(path) and not (path.is_file() and os.access(path, os.R_OK)):
        remove_entry(path)
    write_whole(path, data, make_folder=True)


def content_of(path: Path) -> bytes | None:
    """The content of a regular file; None if there is none, or if it cannot be read."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


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

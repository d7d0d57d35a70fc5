"""Whether an output can be written, found without writing it, and the folder it goes to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from attention_mesh.media.errors import MediaError


def check_file(path: str | os.PathLike[str]) -> None:
    """Raises MediaError where a file could not be written at `path`; what is there stays as it is.

    A folder that is missing is no error: `make_folder_of` will make it.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise _os_error(errno.EISDIR)
        if target.is_file():
            target.open("r+b").close()
        elif target.parent.is_dir():
            if not target.exists():  # a pipe or a device is there
                target.touch(exist_ok=False)
                target.unlink()
        else:
            _check_folder(target.parent)
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}.") from error


def check_folder(path: str | os.PathLike[str]) -> None:
    """Raises MediaError where `path` is no folder that files can be written to, and cannot be made one."""
    try:
        _check_folder(Path(os.path.realpath(path)))
    except OSError as error:
        raise MediaError(f"{path}: the folder cannot be made: {error.strerror or error}.") from error


def make_folder_of(path: str | os.PathLike[str]) -> None:
    """Makes the folder that a file goes to, where it is not there. Raises MediaError."""
    make_folder(Path(os.path.realpath(path)).parent)


def make_folder(path: str | os.PathLike[str]) -> None:
    """Makes a folder, with those above it, where it is not there, behind any link. Raises MediaError."""
    try:
        Path(os.path.realpath(path)).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{path}: the folder cannot be made: {error.strerror or error}.") from error


def _check_folder(path: Path) -> None:
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    if not there.is_dir():
        raise _os_error(errno.ENOTDIR)
    if not os.access(there, os.W_OK | os.X_OK):
        raise _os_error(errno.EACCES)


def _os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))

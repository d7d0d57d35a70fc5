"""Files that are written: checked beforehand and afterwards, written whole, and with room on the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from attention_mesh.media.errors import MediaError

# Errors of a file that may be written but not replaced: it is mounted by itself, or its folder is read-only.
_IRREPLACEABLE = (errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV)


def write_whole(
    path: str | os.PathLike[str], data: bytes, *, make_folder: bool = False, or_in_place: bool = False
) -> None:
    """Writes a file so that a reader sees the old content or all of the new, never a part.

    The data go to a temporary file beside the target, which then takes the target's place and mode. If `path`
    is a link, the file it leads to is replaced. A pipe or a device is written directly.

    Args:
      path: the file to write.
      data: its whole content.
      make_folder: whether to make the file's folder if it is missing.
      or_in_place: whether to overwrite a file that may be written but not replaced, such as a file that is
        mounted by itself. A reader may then see a part.

    Raises:
      OSError: the file cannot be written; it names `path`, and what was there is unchanged.
    """
    target = Path(os.path.realpath(path))
    try:
        if make_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data, or_in_place)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error


def _replace(target: Path, data: bytes, or_in_place: bool) -> None:
    import shutil  # here, because it loads every format of archives

    temporary = target.with_name(f".{os.urandom(16).hex()}.part")
    try:
        with temporary.open("xb") as file:
            file.write(data)
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        if not or_in_place or error.errno not in _IRREPLACEABLE or not target.exists():
            raise
        target.write_bytes(data)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def free_bytes(path: str | os.PathLike[str]) -> int | None:
    """Bytes that are free on the disk of a file that is or will be at `path`; None if that is unknown."""
    import shutil  # as above

    try:
        usage = shutil.disk_usage(Path(os.path.realpath(path)).parent)
    except OSError:
        return None
    return usage.free if usage.total else None  # some network file systems say 0 of 0


def fate_of(path: str | os.PathLike[str], descriptor: int) -> str | None:
    """What became of a file that is being written, if its path no longer leads to it.

    Args:
      path: by which it was opened.
      descriptor: of the open file.

    Returns:
      None if all is well or the file is a pipe or a device. Else the end of a sentence.
    """
    own = os.fstat(descriptor)
    if not stat.S_ISREG(own.st_mode):
        return None
    there = file_identity(path)
    if there == (own.st_dev, own.st_ino):
        return None
    if there is None and own.st_nlink == 0:
        return "the file was deleted while it was written, and nothing is left of it"
    if there is None:
        return "the file is no longer there: it or its folder was moved while it was written"
    return "the file was replaced by another while it was written"


def file_identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Numbers of a file or folder that no other has at the same time; None if nothing is there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def check_not_deleted(path: str | os.PathLike[str], descriptor: int) -> None:
    """Raises MediaError if an open file was deleted, so that whatever is written to it would be lost."""
    if os.fstat(descriptor).st_nlink == 0:
        check_in_place(path, descriptor)


def check_in_place(path: str | os.PathLike[str], descriptor: int) -> None:
    """Raises MediaError if a path no longer leads to the open file that was opened by it."""
    fate = fate_of(path, descriptor)
    if fate is not None:
        raise MediaError(f"{path}: {fate}.")


def check_file(path: str | os.PathLike[str]) -> None:
    """Raises MediaError if a file cannot be written at `path`; what is there stays as it is.

    A missing folder is no error, because `make_folder_of` will make it.
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
    """Raises MediaError if `path` is no folder that files can be written to, and cannot become one."""
    try:
        _check_folder(Path(os.path.realpath(path)))
    except OSError as error:
        raise MediaError(f"{path}: the folder cannot be made: {error.strerror or error}.") from error


def make_folder_of(path: str | os.PathLike[str]) -> None:
    """Makes the folder of a file, if it is missing. Raises MediaError."""
    make_folder(Path(os.path.realpath(path)).parent)


def make_folder(path: str | os.PathLike[str]) -> None:
    """Makes a folder and those above it, if they are missing; follows links. Raises MediaError."""
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

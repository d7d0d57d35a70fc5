"""Files: writing one so that it is never there in part."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from pathlib import Path

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
    temporary = target.with_name(f".{uuid.uuid4().hex}.part")
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

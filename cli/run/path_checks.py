"""Checks the paths of a run: names that are empty, and files that are read and written, or written twice."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.open_sink import is_folder_output
from attention_mesh.media.image_format import photos_in


def check_paths(
    source_name: str | None,
    outputs: Sequence[str],
    trace: Path | None = None,
    others: Sequence[Path] = (),
    record: Path | None = None,
    rerun: Path | None = None,
) -> None:
    """Refuses names that are empty, and files that a run would read and write, or write twice.

    Two names of one file, such as a link and its target, count as one file.

    Args:
      source_name: text of --input.
      outputs: texts of --output.
      trace: file of --trace.
      others: files that the run reads beside its input.
      record: file of --record.
      rerun: file of --rerun.

    Raises:
      UsageError: the text names both options.
    """
    if source_name is not None:
        _check_text("--input", source_name)
    for name in outputs:
        _check_text("--output", name)
    flags = (("--trace", trace), ("--record", record), ("--rerun", rerun))
    files = {f"{flag} {file}": file for flag, file in flags if file}
    for flag, file in files.items():
        if file.is_dir():
            raise UsageError(f"{flag}: this is a folder; give a file's name")
    photos = list(_photos(source_name))
    read = {_identity(path): path for path in [*others, *photos]}
    if source_name is not None and (not source_name.isdecimal() or os.path.exists(source_name)):
        read[_identity(Path(source_name))] = Path(source_name)
    seen: dict[object, str] = {}
    written = [(f"--output {name}", list(_destinations(name, photos))) for name in outputs]
    written += [(flag, [file]) for flag, file in files.items()]
    for flag, paths in written:
        for index, path in enumerate(paths):
            identity = _identity(path)
            if identity is None:
                continue
            if identity in read:
                hit = read[identity]
                if source_name is not None and hit == Path(source_name) and path == paths[0]:
                    raise UsageError(f"{flag} is the input; it would be overwritten")
                raise UsageError(f"{flag} would overwrite {hit}, which the run reads; choose another name")
            if identity in seen:
                raise UsageError(
                    f"{flag} writes {path}, and so does {seen[identity]}; give each its own file"
                )
            seen[identity] = flag if index == 0 else f"another picture of {flag}"


def _check_text(flag: str, text: str) -> None:
    if os.path.exists(text):
        return
    if not text.strip():
        raise UsageError(f"{flag} is empty; give a file's or folder's name")
    if text == "-":
        raise UsageError(
            f"{flag} -: standard input and output are not supported; give a file's name (./- is one)"
        )


def _photos(source_name: str | None) -> Iterator[Path]:
    """The files of an input that is a photo or a folder of photos."""
    if source_name is None:
        return
    path = Path(source_name)
    if path.is_dir():
        try:
            yield from photos_in(path)
        except OSError:  # opening the source reports it
            return
    elif path.is_file():
        yield path


def _destinations(name: str, photos: Sequence[Path]) -> Iterator[Path]:
    """The output itself and, for a folder, the pictures that the photos become in it."""
    yield Path(name)
    if is_folder_output(name):
        from attention_mesh.media.image_folder_sink import picture_file_name  # here: few runs write one

        for photo in photos:
            yield Path(name) / picture_file_name(photo.name)


def _identity(path: Path) -> object:
    """A value that is equal for all names of one file; None for what can be shared, such as a device."""
    try:
        status = os.stat(path)
    except OSError:  # not there yet
        return os.path.realpath(path)
    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
        return status.st_dev, status.st_ino
    return None

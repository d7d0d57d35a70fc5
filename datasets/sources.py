"""Sources of a dataset: films and photos found in a folder tree, by a pattern, or in a list."""

from __future__ import annotations

import csv
import glob
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_mesh.datasets.errors import TableError
from attention_mesh.limits import read_text_file
from attention_mesh.media.film_input import is_url
from attention_mesh.media.image_format import is_animated, is_image_path

FILM, PHOTO = "film", "photo"

FILM_SUFFIXES = frozenset(
    ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .vob .webm .wmv .y4m".split()
)

_LISTS = {".txt", ".csv", ".parquet"}
_LIST_COLUMNS = ("source", "path", "file", "url")


@dataclass(frozen=True)
class SourceFile:
    """A film or photo.

    Attributes:
      address: its absolute path, or its URL.
      kind: "film" or "photo".
      size_bytes, modified_ns: of the file, by which a change is seen; -1 for a URL.
    """

    address: str
    kind: str
    size_bytes: int = -1
    modified_ns: int = -1

    @property
    def name(self) -> str:
        """The address as a table has it, see `table_text`."""
        return table_text(self.address)


def table_text(address: str) -> str:
    """An address as text that a table can hold: a byte that is not UTF-8 becomes ``\\udcff``."""
    return address.encode("utf-8", "backslashreplace").decode("utf-8")


def find_sources(text: str) -> list[SourceFile]:
    """The films and photos that a text names, in the order of their names; each once.

    Args:
      text: a folder, which is searched with all folders in it, by the suffixes of the files; a film or photo;
        a pattern such as ``films/*/front.mp4``; a URL; or a list: a text file with an address per line, or a
        CSV or Parquet table with a column source, path, file or url. Relative paths in a list start at its
        folder.

    Raises:
      TableError: nothing is there, or the list cannot be read or names a file that is missing.
    """
    if is_url(text) and not os.path.exists(text):
        return [_of_url(text)]
    path = Path(text)
    if path.is_dir():
        found = _in_folder(path)
    elif path.suffix.lower() in _LISTS and path.is_file():
        found = [_of_entry(entry, path) for entry in _entries(path)]
    elif path.exists():
        found = [_of_file(path)]
    else:
        found = [_of_file(Path(match)) for match in glob.iglob(text, recursive=True) if os.path.isfile(match)]
    if not found:
        raise TableError(
            f"{text}: no film or photo is there; expected a folder, a file, a pattern, a URL or a list"
        )
    return sorted({source.address: source for source in found}.values(), key=lambda source: source.address)


def source_of_row(row: Mapping[str, Any]) -> SourceFile:
    """The source of a manifest row: as it is now or, if it is no longer there, as it was."""
    path = Path(row["source"])
    if not is_url(row["source"]) and path.is_file():
        return _of_file(path)
    return SourceFile(row["source"], row["kind"], row["size_bytes"], row["modified_ns"])


def _in_folder(folder: Path) -> list[SourceFile]:
    found = []
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in files:
            path = Path(parent, name)
            is_source = path.suffix.lower() in FILM_SUFFIXES or is_image_path(path)
            if is_source and not name.startswith(".") and path.is_file():
                found.append(_of_file(path))
    return found


def _entries(path: Path) -> Iterator[str]:
    """The addresses in a list."""
    try:
        if path.suffix.lower() == ".parquet":
            from attention_mesh.datasets.arrow import text_column

            yield from text_column(path, _LIST_COLUMNS)
            return
        text = read_text_file(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TableError(f"{path}: the list cannot be read: {reason}") from error
    if path.suffix.lower() == ".txt":
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
        return
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    named = [column for column in _LIST_COLUMNS if column in header]
    if not named:
        raise TableError(
            f"{path}: the columns are {', '.join(header)}; expected {' or '.join(_LIST_COLUMNS)}"
        )
    place = header.index(named[0])
    yield from (row[place] for row in rows if len(row) > place and row[place])


def _of_entry(entry: str, where: Path) -> SourceFile:
    if is_url(entry):
        return _of_url(entry)
    path = where.parent / entry
    if not path.is_file():
        raise TableError(f"{where}: it names {entry}, and there is no such file")
    return _of_file(path)


def _of_url(url: str) -> SourceFile:
    return SourceFile(url, PHOTO if is_image_path(url.partition("?")[0]) else FILM)


def _of_file(path: Path) -> SourceFile:
    status = path.stat()
    is_photo = is_image_path(path) and not is_animated(path)
    return SourceFile(os.path.abspath(path), PHOTO if is_photo else FILM, status.st_size, status.st_mtime_ns)

"""Lists of sources: text files, and CSV and Parquet tables with a column of addresses."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_mesh.datasets.errors import TableError
from attention_mesh.limits import MAX_TEXT_BYTES, read_text_file

LIST_SUFFIXES = frozenset({".txt", ".csv", ".parquet"})
_COLUMNS = ("source", "path", "file", "url")


def entries(name: str, opened: BinaryIO | None = None) -> Iterator[str]:
    """The addresses in a list, as it has them.

    Args:
      name: its path or URL, whose suffix tells its kind.
      opened: the list, if it is no local file.

    Raises:
      TableError: it cannot be read, or has no column of addresses.
    """
    suffix = Path(name).suffix.lower()
    try:
        if suffix == ".parquet":
            from attention_mesh.datasets.arrow import text_column

            yield from text_column(name, _COLUMNS, opened)
            return
        text = (read_text_file(name) if opened is None else _text_of(opened)).removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TableError(f"{name}: the list cannot be read: {reason}") from error
    if suffix == ".txt":
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
        return
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    named = [column for column in _COLUMNS if column in header]
    if not named:
        raise TableError(f"{name}: the columns are {', '.join(header)}; expected {' or '.join(_COLUMNS)}")
    place = header.index(named[0])
    yield from (row[place] for row in rows if len(row) > place and row[place])


def _text_of(opened: BinaryIO) -> str:
    content = opened.read(MAX_TEXT_BYTES + 1)
    if len(content) > MAX_TEXT_BYTES:
        raise OSError(f"it has more than the {MAX_TEXT_BYTES} bytes that are read")
    return content.decode("utf-8")

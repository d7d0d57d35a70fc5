"""Deterministic zip archives: the same entries always make the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip archive can hold
_MODE = 0o644 << 16  # of a regular file


def write_zip(
    entries: Mapping[str, bytes], first: Collection[str] = (), stored: Collection[str] = ()
) -> bytes:
    """A zip archive of these entries, sorted by name.

    Args:
      entries: path inside the archive → content.
      first: paths that come before all others, in this order, if they are among the entries.
      stored: suffixes of the entries that are not compressed.

    Returns:
      The archive's content. Times, modes and the system are fixed in it.
    """
    order = [name for name in first if name in entries]
    order += sorted(name for name in entries if name not in order)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in order:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, on whatever system this runs
            entry.external_attr = _MODE
            is_stored = name.endswith(tuple(stored)) if stored else False
            entry.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, entries[name], compresslevel=9)
    return buffer.getvalue()


def read_zip(file: Path) -> dict[str, bytes]:
    """The files of a zip archive: path inside it → content. Folders are left out."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}

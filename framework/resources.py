"""Files that graphs name by relative paths: models, label maps."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_folder: Path | None = None
_finders: list[Callable[[str | os.PathLike], Path | None]] = []


def set_resource_dir(folder: str | os.PathLike | None) -> None:
    """Sets the folder below which relative paths are looked for first; None sets no folder."""
    global _folder
    _folder = None if folder is None else Path(folder)


def add_finder(finder: Callable[[str | os.PathLike], Path | None]) -> None:
    """Adds a function that `resource_file` asks for a path that leads to no file.

    The function returns the file, which it may fetch, or None if it does not know the path.
    """
    _finders.append(finder)


def find_resource(path: str | os.PathLike) -> Path | None:
    """The file below the resource folder, else the file at `path` itself; None if there is neither."""
    candidates = [Path(path)] if _folder is None else [_folder / path, Path(path)]
    return next((file for file in candidates if file.is_file()), None)


def resource_file(path: str | os.PathLike) -> Path:
    """The file that a path in a graph means: `find_resource`'s, or else what a finder knows.

    Raises:
      FileNotFoundError: neither exists. A finder may raise errors of its own.
    """
    found = find_resource(path)
    if found is not None:
        return found
    for finder in _finders:
        found = finder(path)
        if found is not None:
            return found
    raise FileNotFoundError(f"there is no file {path}, neither as it stands nor below the resource folder")

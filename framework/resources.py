"""Files that graphs name by relative paths: models, label maps."""

from __future__ import annotations

import os
from pathlib import Path

_folder: Path | None = None


def set_resource_dir(folder: str | os.PathLike | None) -> None:
    """Says below which folder relative paths are looked for first; None goes back to none."""
    global _folder
    _folder = None if folder is None else Path(folder)


def find_resource(path: str | os.PathLike) -> Path | None:
    """The file that a graph means: below the resource folder, else where it stands; None if there is none."""
    candidates = [Path(path)] if _folder is None else [_folder / path, Path(path)]
    return next((file for file in candidates if file.is_file()), None)

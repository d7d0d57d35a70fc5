"""Which official model a path in a graph means."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from attention_mesh.models.weights.registry import MODELS


def official_name(path: str | Path) -> str | None:
    """The official model that a name, a path in MediaPipe's tree or a file name means; None for any other."""
    if str(path) in MODELS:
        return str(path)
    file_name = PurePosixPath(str(path).replace("\\", "/")).name
    return next((name for name, model in MODELS.items() if model.file_name == file_name), None)

"""Copies a rewritten model to where the user wants it."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.weights.atomic_file import write_atomically
from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.model_store import ModelStore


def export(
    name: str,
    out_path: str | Path,
    *,
    force: bool = False,
    batch: int | None = None,
    folder: Path | None = None,
) -> Path:
    """Writes the rewritten .tflite of an official model to `out_path` and returns that path.

    `folder` is the cache folder, if not the usual one. Raises WeightsError when the target's folder does
    not exist, the target is a folder, or it exists and `force` is not given.
    """
    target = Path(out_path).expanduser()
    if target.is_dir():
        raise WeightsError(
            f"{target} is a folder; name the file to write, for example {target / name}.tflite"
        )
    if not target.parent.is_dir():
        raise WeightsError(f"cannot write {target}: the folder {target.parent} does not exist")
    if target.exists() and not force:
        raise WeightsError(f"{target} exists; force (--force) overwrites it")
    write_atomically(target, ModelStore(folder).path(name, batch).read_bytes())
    return target

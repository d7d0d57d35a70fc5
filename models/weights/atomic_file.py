"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from pathlib import Path

from attention_mesh.models.weights.errors import WeightsError


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in lower-case hexadecimal; FileNotFoundError when there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Writes `path` so that a reader sees the old file or the whole new one, never a part.

    Raises WeightsError when the folder cannot be written; nothing is left behind then.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        raise WeightsError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()

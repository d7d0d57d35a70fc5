"""The weights that come with the package: trained on synthetic and freely licensed faces alone."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from attention_mesh.models.weights.atomic_file import write_atomically
from attention_mesh.models.weights.landmark_model import OPEN_FOLDER

FILE = OPEN_FOLDER / "attention_mesh.npz"


def load_open_weights(model: Any) -> None:
    """Sets every weight of an AttentionMesh of the `released` preset."""
    with np.load(FILE, allow_pickle=False) as arrays:
        model.set_weights([arrays[f"{number:03d}"].astype(np.float32) for number in range(len(arrays.files))])


def save_open_weights(model: Any) -> None:
    """Writes them in half precision, which the landmarks do not feel."""
    content = io.BytesIO()
    arrays = {f"{number:03d}": weight.astype(np.float16) for number, weight in enumerate(model.get_weights())}
    np.savez_compressed(content, **arrays)
    write_atomically(FILE, content.getvalue())

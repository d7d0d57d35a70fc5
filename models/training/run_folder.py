"""Run folder: the files of a training, its config and its checkpoint."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.media.files import write_whole
from attention_mesh.models.errors import ConfigError, reason_of
from attention_mesh.models.training.config import TrainingConfig

CHECKPOINT, CONFIG, CURVES, LOG, NETWORK = (
    "checkpoint.npz", "config.json", "curves.png", "log.csv", "network.keras",
)  # fmt: skip


def claim_folder(folder: Path, config: TrainingConfig) -> None:
    """Writes the config of the folder's training into the folder.

    Raises:
        ConfigError: the folder holds a training with another config. The intervals of checkpoints, logs and
            validation, and the validation sets, may differ.
    """
    file, decisive = folder / CONFIG, config.decisive()
    begun = (folder / CHECKPOINT).exists() or (folder / NETWORK).exists()
    if begun and file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        other = sorted(key for key in decisive if before.get(key) != decisive[key])
        if other:
            raise ConfigError(
                f"{folder} holds a training with another {', '.join(other)}; use another folder, or delete "
                "this one"
            )
    file.write_text(json.dumps(decisive, indent=2), encoding="utf-8")


def save_checkpoint(file: Path, step: int, variables: Sequence[Any]) -> None:
    """Writes the number of steps done and the values of Keras variables, as a whole file."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {
        f"{index:05d}": np.asarray(variable) for index, variable in enumerate(variables)
    }
    np.savez(content, step=step, **arrays)
    write_whole(file, content.getvalue(), make_folder=True)


def load_checkpoint(file: Path, variables: Sequence[Any]) -> int:
    """Sets the variables to the values in the file and returns the number of steps done.

    Raises:
        ConfigError: the file is of another network or optimizer; then no variable has changed.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            step = int(arrays["step"])
            values = [arrays[f"{index:05d}"] for index in range(len(arrays.files) - 1)]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(f"cannot read the checkpoint {file}: {reason_of(error)}") from error
    if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
        raise ConfigError(
            f"the checkpoint {file} is of another network or optimizer; remove it or use another folder"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return step

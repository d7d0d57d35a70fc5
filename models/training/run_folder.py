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
from attention_mesh.models.errors import ConfigError
from attention_mesh.models.training.config import TrainingConfig

CHECKPOINT, CONFIG, CURVES, LOG, NETWORK = (
    "checkpoint.npz", "config.json", "curves.png", "log.csv", "network.keras",
)  # fmt: skip


def claim_folder(folder: Path, config: TrainingConfig) -> None:
    """Writes down with which config the folder's training began.

    Raises ConfigError where it holds a training that began with another one: what differs in the intervals of
    checkpoints, logs and validation, or in what is validated on, does not count.
    """
    file, decisive = folder / CONFIG, config.decisive()
    begun = (folder / CHECKPOINT).exists() or (folder / NETWORK).exists()
    if begun and file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        other = sorted(key for key in decisive if before.get(key) != decisive[key])
        if other:
            raise ConfigError(
                f"{folder} holds a training with another {', '.join(other)}; give this config another "
                "folder, or delete that one"
            )
    file.write_text(json.dumps(decisive, indent=2), encoding="utf-8")


def save_checkpoint(file: Path, step: int, variables: Sequence[Any]) -> None:
    """Writes steps done and the values of Keras variables, whole or not at all."""
    content = io.BytesIO()
    arrays = {f"{index:05d}": np.asarray(variable) for index, variable in enumerate(variables)}
    np.savez(content, step=step, **arrays)
    write_whole(file, content.getvalue(), make_folder=True)


def load_checkpoint(file: Path, variables: Sequence[Any]) -> int:
    """Sets the variables to what the file holds; returns the steps done.

    Raises ConfigError where the file is of another network or optimizer; no variable has changed then.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            step = int(arrays["step"])
            values = [arrays[f"{index:05d}"] for index in range(len(arrays.files) - 1)]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(f"cannot read the checkpoint {file}: {error}") from error
    if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
        raise ConfigError(
            f"the checkpoint {file} is of another network or optimizer; remove it or name another folder"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return step

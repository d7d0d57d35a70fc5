"""Run folder: the files of a training, its config and its checkpoint."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.limits import read_text_file
from attention_mesh.media.files import write_whole
from attention_mesh.models.array_file import ArrayFileError, numbers_of, read_arrays
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
        before = _read_config(file)
        other = sorted(key for key in decisive if before.get(key) != decisive[key])
        if other:
            raise ConfigError(
                f"{folder} holds a training with another {', '.join(other)}; use another folder, or delete "
                "this one"
            )
    file.write_text(json.dumps(decisive, indent=2), encoding="utf-8")


def _read_config(file: Path) -> dict[str, Any]:
    try:
        config = json.loads(read_text_file(file))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"cannot read {file}: {reason_of(error)}") from error
    if not isinstance(config, dict):
        raise ConfigError(f"cannot read {file}: it holds no object")
    return config


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
        arrays = read_arrays(file)
        step = numbers_of(arrays, "step", 0)
        values = [numbers_of(arrays, f"{index:05d}") for index in range(len(arrays) - 1)]
    except ArrayFileError as error:
        raise ConfigError(f"cannot read the checkpoint {file}: {error}") from error
    if step.dtype.kind not in "iu" or step < 0:
        raise ConfigError(f"cannot read the checkpoint {file}: step is {step}; expected a whole number")
    if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
        raise ConfigError(
            f"the checkpoint {file} is of another network or optimizer; remove it or use another folder"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return int(step)

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

CHECKPOINT, CONFIG, CURVES, FACES, LOG, NETWORK = (
    "checkpoint.npz", "config.json", "curves.png", "faces.jpg", "log.csv", "network.keras",
)  # fmt: skip


def is_finished(folder: Path) -> bool:
    """Whether the training of a folder has run to its end."""
    return (folder / NETWORK).exists()


def check_folder(folder: Path, config: TrainingConfig) -> None:
    """Raises ConfigError if the folder holds a training with another config; the text says how to go on.

    The intervals of checkpoints, logs and validation, and the validation sets, may differ.
    """
    file, decisive = folder / CONFIG, config.decisive()
    begun = (folder / CHECKPOINT).exists() or is_finished(folder)
    if not (begun and file.exists()):
        return
    before = _read_config(file)
    other = sorted(key for key in decisive if before.get(key) != decisive[key])
    if not other:
        return
    text = f"{folder} holds a training with another {', '.join(other)}; "
    if is_finished(folder):
        start = json.dumps((folder / NETWORK).absolute().as_posix())
        text += f"to train its network further, put start = {start} into the config, and give another folder"
    else:
        text += f"finish it with its own config, which {file} shows, or give another folder"
    raise ConfigError(f"{text}; to start over, delete {folder}")


def claim_folder(folder: Path, config: TrainingConfig) -> None:
    """Creates the folder of a training and writes the config into it. Raises as `check_folder`."""
    check_folder(folder, config)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(config.decisive(), indent=2), encoding="utf-8")


def save_network(folder: Path, network: Any) -> None:
    """Writes the trained network as a whole file, by which `is_finished` knows the end of a training."""
    part = folder / f"part-{NETWORK}"
    network.save(part)
    part.replace(folder / NETWORK)


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

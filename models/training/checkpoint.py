"""A training's whole state in one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.media.files import write_whole
from attention_mesh.models.errors import ConfigError


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

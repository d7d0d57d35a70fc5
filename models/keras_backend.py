"""Keras backend: chooses TensorFlow, else JAX, else PyTorch, if no installed backend is chosen.

Import this module before keras; the import makes the choice. Commands call `import_keras`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import sys
from pathlib import Path

from attention_mesh.extras import install_command
from attention_mesh.models.errors import BackendError
from attention_mesh.models.runtime.held_lines import held_lines

# The package of each backend, and the extra that installs it.
_SOURCES = {"tensorflow": ("TensorFlow", "train"), "jax": ("JAX", "train-jax"), "torch": ("PyTorch", "")}
_BACKENDS = tuple(_SOURCES)


def choose_backend() -> None:
    """Sets KERAS_BACKEND, unless the variable, a Keras config file or an imported keras has decided.

    A config file that names a missing backend decides nothing, because Keras writes a file with its default
    on its first import.

    Raises:
      BackendError: keras or every backend is missing; the text names the extras that install them.
    """
    if "keras" in sys.modules:
        return
    if importlib.util.find_spec("keras") is None:
        raise BackendError(
            "keras is not installed; it comes with the extra `train` (TensorFlow) or `train-jax` (JAX): "
            f"{install_command('train')}"
        )
    if "KERAS_BACKEND" in os.environ:
        _check_chosen(os.environ["KERAS_BACKEND"])
        return
    if _is_installed(_configured()):
        return
    for backend in _BACKENDS:
        if _is_installed(backend):
            os.environ["KERAS_BACKEND"] = backend
            return
    raise BackendError(
        "Keras has no backend: neither TensorFlow (extra `train`), JAX (extra `train-jax`) nor PyTorch is "
        f"installed: {install_command('train')}"
    )


def _check_chosen(backend: str) -> None:
    """Raises BackendError if the backend that the user chose is unknown or not installed."""
    if backend not in _BACKENDS:
        raise BackendError(f"KERAS_BACKEND is {backend!r}; expected one of {', '.join(_BACKENDS)}")
    if not _is_installed(backend):
        package, extra = _SOURCES[backend]
        how = f"; it comes with the extra `{extra}`: {install_command(extra)}" if extra else ""
        raise BackendError(f"KERAS_BACKEND is {backend!r}, but {package} is not installed{how}")


def import_keras() -> None:
    """Chooses the backend and imports Keras, for a command whose own messages count.

    TensorFlow's and XLA's notices about the machine are left out, and what they log later, unless
    TF_CPP_MIN_LOG_LEVEL is set; errors are raised, too. TensorFlow 2.21 writes the notices whatever that
    variable says.
    """
    choose_backend()
    chosen_by_user = "TF_CPP_MIN_LOG_LEVEL" in os.environ
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.nullcontext() if chosen_by_user else held_lines(_is_notice):
        import keras  # noqa: F401 - others use it


# What absl logs before it is set up, and what TensorFlow logs at INFO and WARNING.
_NOTICE = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d [\d:.]+: [IW] "
    rb"|To enable the following|E0000 .*Unable to register cu\w+ factory"
)


def _is_notice(line: bytes) -> bool:
    return _NOTICE.match(line) is not None


def _configured() -> str | None:
    """The backend that Keras' config file names."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        return json.loads((home / "keras.json").read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):
        return None  # the file is missing, or Keras cannot read it either


def _is_installed(backend: str | None) -> bool:
    return backend in _BACKENDS and importlib.util.find_spec(backend) is not None


choose_backend()

"""Chooses Keras' backend where the user has not: TensorFlow if it is installed, else JAX, else PyTorch.

Imported for that effect before anything imports keras.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

_BACKENDS = ("tensorflow", "jax", "torch")


def choose_backend() -> None:
    """Sets KERAS_BACKEND unless it, a Keras config file, or an imported keras has decided already.

    Raises ImportError, naming the extras that bring them, where keras or every backend is missing.
    """
    if "keras" in sys.modules:
        return
    if importlib.util.find_spec("keras") is None:
        raise ImportError(
            "keras is not installed; it comes with the extra `train` (TensorFlow) or `train-jax` (JAX): "
            "pip install 'attention-mesh[train]'"
        )
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    if "KERAS_BACKEND" in os.environ or (home / "keras.json").is_file():
        return
    for backend in _BACKENDS:
        if importlib.util.find_spec(backend) is not None:
            os.environ["KERAS_BACKEND"] = backend
            return
    raise ImportError(
        "Keras has no backend: neither TensorFlow (extra `train`), JAX (extra `train-jax`) nor PyTorch is "
        "installed: pip install 'attention-mesh[train]'"
    )


choose_backend()

"""A network as a TensorFlow SavedModel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attention_mesh.models.export.deployed_function import deployed_function, need_tensorflow

ENDPOINT = "serve"


def export_saved_model(
    network: Any, folder: Path, parts: bool = False, batch: int | None = None, dtype: str = "float32"
) -> None:
    """Writes a folder whose endpoint `serve` is `deployed_function`.

    batch, dtype: of its input; batch None takes any. Raises ExportError without TensorFlow.
    """
    tensorflow = need_tensorflow()
    size = network.preset.input_size
    signature = tensorflow.TensorSpec((batch, size, size, 3), dtype, name="images")
    write_saved_model(network, deployed_function(network, parts), signature, folder)


def write_saved_model(model: Any, function: Callable, signature: Any, folder: Path) -> None:
    """Writes a folder whose endpoint `serve` is a function of one tensor that calls a Keras model.

    signature: a TensorSpec of that tensor. Only the one function is traced: Keras' own exporter traces every
    layer by itself too, which takes six times as long.
    """
    tensorflow = need_tensorflow()
    module = tensorflow.Module()
    module.weights = [variable.value for variable in model.variables]
    module.serve = tensorflow.function(function, input_signature=[signature], autograph=False)
    tensorflow.saved_model.save(module, str(folder), signatures={ENDPOINT: module.serve})

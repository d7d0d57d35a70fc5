"""Export of a network as a TensorFlow SavedModel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from attention_mesh.models.attention_mesh.load_network import Network
from attention_mesh.models.export.exported_network import exported_function, require_tensorflow

ENDPOINT = "serve"


def export_saved_model(
    network: Network, folder: Path, parts: bool = False, batch: int | None = None, dtype: str = "float32"
) -> None:
    """Writes a folder whose endpoint `serve` is `exported_function`.

    Args:
      network: the network to export.
      folder: the folder to write.
      parts: whether to write the network's own outputs.
      batch: the size of the input's first axis; None for any size.
      dtype: of the input.

    Raises:
      ExportError: TensorFlow is missing.
    """
    tensorflow = require_tensorflow()
    size = network.preset.input_size
    signature = tensorflow.TensorSpec((batch, size, size, 3), dtype, name="images")
    write_saved_model(network, exported_function(network, parts), signature, folder)


def write_saved_model(
    model: keras.Model, function: Callable[[Any], Any], signature: Any, folder: Path
) -> None:
    """Writes a folder whose endpoint `serve` is a function of one tensor that calls a Keras model.

    Only this function is traced. Keras' own exporter also traces every layer, which takes six times as long.

    Args:
      model: the model whose variables the function uses.
      function: from one tensor to a tensor or a dict of tensors.
      signature: the TensorSpec of that tensor.
      folder: the folder to write.
    """
    tensorflow = require_tensorflow()
    module = tensorflow.Module()
    module.weights = [variable.value for variable in model.variables]
    module.serve = tensorflow.function(function, input_signature=[signature], autograph=False)
    tensorflow.saved_model.save(module, str(folder), signatures={ENDPOINT: module.serve})

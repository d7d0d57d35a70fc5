"""A network as a TensorFlow SavedModel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

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
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(ENDPOINT, deployed_function(network, parts), input_signature=[signature])
    archive.write_out(str(folder), verbose=False)

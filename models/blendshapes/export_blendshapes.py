"""Export of a blend-shape model as a TFLite file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

from attention_mesh.models.export.exported_network import require_tensorflow


def export_blendshapes(model: keras.Model) -> bytes:
    """The file's content: a `blendshape_model` with weights in half precision, for batches of any size.

    Raises:
        ExportError: TensorFlow is missing.
    """
    tensorflow = require_tensorflow()
    signature = [
        tensorflow.TensorSpec((None, *entry.shape[1:]), tensorflow.float32, name=entry.name)
        for entry in model.inputs
    ]
    module = tensorflow.Module()
    module.weights = [variable.value for variable in model.variables]
    module.serve = tensorflow.function(
        lambda aligned, calibrated: {"coefficients": model([aligned, calibrated])},
        input_signature=signature,
        autograph=False,
    )
    with tempfile.TemporaryDirectory() as folder:
        tensorflow.saved_model.save(module, str(Path(folder)), signatures={"serve": module.serve})
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serve"])
        converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tensorflow.float16]
        return converter.convert()

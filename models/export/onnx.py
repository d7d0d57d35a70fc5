"""A network as an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.deployed_function import (
    deployed_function,
    deployed_network,
    need_tensorflow,
)

_OPSET = 17


def export_onnx(
    network: Any, file: Path, flavor: str = "cpu", parts: bool = False, batch: int | None = None
) -> None:
    """Writes the file; input `images`, outputs as `deployed_function` has them, float32.

    flavor: see `deployed_network`. batch: None takes any. Raises ExportError without TensorFlow or tf2onnx.
    """
    tensorflow = need_tensorflow()
    try:
        import tf2onnx
    except ImportError as error:
        raise ExportError(
            "writing ONNX needs tf2onnx, of the extra `onnx`: pip install 'attention-mesh[onnx]'"
        ) from error
    network = deployed_network(network, flavor)
    size = network.preset.input_size
    signature = [tensorflow.TensorSpec((batch, size, size, 3), tensorflow.float32, name="images")]
    function = tensorflow.function(deployed_function(network, parts), input_signature=signature)
    tf2onnx.convert.from_function(function, input_signature=signature, opset=_OPSET, output_path=str(file))

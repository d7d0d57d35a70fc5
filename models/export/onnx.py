"""Export of a network as an ONNX file."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.extras import install_command
from attention_mesh.media.files import write_whole
from attention_mesh.models.attention_mesh.load_network import Network
from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.exported_network import (
    OUTPUT_ORDER,
    exported_function,
    network_of_flavor,
    require_tensorflow,
)

_OPSET = 17


def export_onnx(
    network: Network, file: Path, flavor: str = "cpu", parts: bool = False, batch: int | None = None
) -> None:
    """Writes the file, with input `images` and the outputs of `exported_function`, all float32.

    Args:
      network: the network to export.
      file: the file to write.
      flavor: see `network_of_flavor`.
      parts: whether to write the network's own outputs.
      batch: the size of the first axis; None for any size.

    Raises:
      ExportError: TensorFlow or tf2onnx is missing, or the flavor is unknown.
    """
    tensorflow = require_tensorflow()
    try:
        import tf2onnx
    except ImportError as error:
        raise ExportError(
            f"writing ONNX needs tf2onnx, of the extra `onnx`: {install_command('onnx')}"
        ) from error
    network = network_of_flavor(network, flavor)
    size = network.preset.input_size
    signature = [tensorflow.TensorSpec((batch, size, size, 3), tensorflow.float32, name="images")]
    function = tensorflow.function(exported_function(network, parts), input_signature=signature)
    model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=_OPSET)
    outputs = sorted(model.graph.output, key=lambda output: OUTPUT_ORDER.index(output.name))
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    write_whole(file, model.SerializeToString())

"""Export of a network as a TFLite file, for LiteRT and its delegates."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh
from attention_mesh.models.attention_mesh.load_network import Network
from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.exported_network import (
    OUTPUT_ORDER,
    fuse_pixel_scaling,
    network_of_flavor,
    require_tensorflow,
)
from attention_mesh.models.export.saved_model import ENDPOINT, export_saved_model, write_saved_model
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

_GRAPH_INPUT = 192  # px, of graphs/face_mesh/attention_mesh.pbtxt
PRECISIONS = ("float32", "float16", "int8")


def export_tflite(
    network: Network,
    precision: str = "float32",
    flavor: str = "cpu",
    parts: bool = False,
    batch: int | None = None,
    fused: bool = False,
) -> bytes:
    """The file's content, with the signature `serve` and the inputs and outputs of `exported_function`.

    Args:
      network: the network to export.
      precision: "float32"; "float16", weights of half the size, which runtimes without half precision compute
        in float32; "int8", weights of a quarter of the size with one scale per channel, activations in float.
      flavor: see `network_of_flavor`.
      parts: whether to write the network's own outputs.
      batch: the size of the first axis; None lets a runtime resize it.
      fused: whether the file is a fused model, as this package's graphs run it: the images are uint8, 0 to
        255, and there are two outputs, the landmarks first.

    Raises:
      ExportError: the precision or flavor is unknown, TensorFlow is missing, or the network cannot be a fused
        model.
    """
    if not fused:
        return _convert(network, precision, flavor, parts, batch, "float32")
    if parts or batch is not None:
        raise ExportError("a fused model has merged outputs and any batch")
    if isinstance(network, (AttentionMesh, Mesh)) and network.preset.input_size != _GRAPH_INPUT:
        raise ExportError(
            f"the network takes {network.preset.input_size} px; this package's graphs crop to "
            f"{_GRAPH_INPUT} px"
        )
    return export_fused(network, precision, flavor)


def export_fused(
    network: Network, precision: str = "float32", flavor: str = "cpu", batch: int | None = None
) -> bytes:
    """As `export_tflite` with `fused`, for any input size and batch.

    Raises:
      ExportError: as `export_tflite`, or the network gives another number of landmarks than 478.
    """
    if isinstance(network, Mesh) and network.preset.mesh_landmarks != NUM_LANDMARKS_WITH_IRISES:
        raise ExportError(
            f"the network gives {network.preset.mesh_landmarks} landmarks; expected "
            f"{NUM_LANDMARKS_WITH_IRISES}"
        )
    return _convert(fuse_pixel_scaling(network), precision, flavor, False, batch, "uint8")


def _convert(
    network: Network, precision: str, flavor: str, parts: bool, batch: int | None, dtype: str
) -> bytes:
    if precision not in PRECISIONS:
        raise ExportError(f"precision is {precision!r}; expected one of {', '.join(PRECISIONS)}")
    tensorflow = require_tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(network_of_flavor(network, flavor), Path(folder), parts, batch, dtype)
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[ENDPOINT])
        if precision != "float32":
            converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tensorflow.float16]
        return _in_order(converter.convert())


def _in_order(content: bytes) -> bytes:
    """The file with its outputs in OUTPUT_ORDER, and tensors of the same names as the signature's.

    The converter leaves the order to chance, and calls them StatefulPartitionedCall:0 and so on.
    """
    graph = TfliteGraph.from_bytes(content)
    (signature,) = graph.model.signatureDefs
    outputs = {entry.name.decode(): entry.tensorIndex for entry in signature.outputs}
    inputs = {entry.name.decode(): entry.tensorIndex for entry in signature.inputs}
    names = sorted(outputs, key=OUTPUT_ORDER.index)
    graph.set_outputs([outputs[name] for name in names])
    assert list(inputs.values()) == graph.inputs
    graph.sign(ENDPOINT, list(inputs), names)
    return graph.to_bytes()


def keras_to_tflite(model: keras.Model, shape: tuple[int, ...]) -> bytes:
    """A Keras model of one float32 input as a float32 TFLite file.

    Args:
      model: any Keras model of one input.
      shape: of the input, batch first.
    """
    tensorflow = require_tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        signature = tensorflow.TensorSpec(shape, tensorflow.float32)
        write_saved_model(model, lambda x: model(x), signature, Path(folder))
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[ENDPOINT])
        return converter.convert()

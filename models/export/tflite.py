"""A network as a TFLite file, for LiteRT and its delegates."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh
from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.deployed_function import byte_network, deployed_network, need_tensorflow
from attention_mesh.models.export.saved_model import ENDPOINT, export_saved_model, write_saved_model
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

_GRAPH_INPUT = 192  # px, of graphs/face_mesh/attention_mesh.pbtxt
PRECISIONS = ("float32", "float16", "int8")


def export_tflite(
    network: Any,
    precision: str = "float32",
    flavor: str = "cpu",
    parts: bool = False,
    batch: int | None = None,
    fused: bool = False,
) -> bytes:
    """The file's content; signature `serve`, inputs and outputs as `deployed_function` has them.

    precision: "float32"; "float16", weights of half the size, computed in float32 where a runtime has no half
      precision; "int8", weights of a quarter, one scale a channel, activations in float.
    flavor: see `deployed_network`. batch: None leaves the first axis to be resized.
    fused: the form that this package's graphs run: images are uint8, 0 to 255; two outputs, landmarks first.
    Raises ExportError for an unknown precision or flavor, and without TensorFlow.
    """
    if not fused:
        return _converted(network, precision, flavor, parts, batch, "float32")
    if parts or batch is not None:
        raise ExportError("the form of this package's graphs has merged outputs and any batch")
    if isinstance(network, (AttentionMesh, Mesh)) and network.preset.input_size != _GRAPH_INPUT:
        raise ExportError(
            f"the network takes {network.preset.input_size} px; this package's graphs crop to "
            f"{_GRAPH_INPUT} px"
        )
    return export_byte_network(network, precision, flavor)


def export_byte_network(
    network: Any, precision: str = "float32", flavor: str = "cpu", batch: int | None = None
) -> bytes:
    """As `export_tflite`, for images in uint8, 0 to 255; two outputs, the 478 landmarks first.

    Raises ExportError for a network that gives another number of landmarks too.
    """
    if isinstance(network, Mesh) and network.preset.mesh_landmarks != NUM_LANDMARKS_WITH_IRISES:
        raise ExportError(
            f"the network gives {network.preset.mesh_landmarks} landmarks; expected "
            f"{NUM_LANDMARKS_WITH_IRISES}"
        )
    graph = TfliteGraph.from_bytes(
        _converted(byte_network(network), precision, flavor, False, batch, "uint8")
    )
    graph.set_outputs(sorted(graph.outputs, key=lambda tensor: -len(graph.shape(tensor))))
    return graph.to_bytes()


def _converted(
    network: Any, precision: str, flavor: str, parts: bool, batch: int | None, dtype: str
) -> bytes:
    if precision not in PRECISIONS:
        raise ExportError(f"precision is {precision!r}; expected one of {', '.join(PRECISIONS)}")
    tensorflow = need_tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(deployed_network(network, flavor), Path(folder), parts, batch, dtype)
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[ENDPOINT])
        if precision != "float32":
            converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
        if precision == "float16":
            converter.target_spec.supported_types = [tensorflow.float16]
        return converter.convert()


def keras_to_tflite(model: Any, shape: tuple[int, ...]) -> bytes:
    """Any Keras model of one float32 input of that shape, batch first, as a float32 TFLite file."""
    tensorflow = need_tensorflow()
    with tempfile.TemporaryDirectory() as folder:
        signature = tensorflow.TensorSpec(shape, tensorflow.float32)
        write_saved_model(model, lambda x: model(x), signature, Path(folder))
        converter = tensorflow.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[ENDPOINT])
        return converter.convert()

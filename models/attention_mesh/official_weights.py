"""Official weights: reads those of the attention network into the Keras network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import keras
import numpy as np

from attention_mesh.models.attention_mesh.layers import ResidualBlock
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.weights.conversion.constants import fold_float16
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_store import ModelStore

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "PRELU")
# Our names of the outputs and the file's. Ours have the subject's left and right, the file's the image's.
_OUTPUTS = {
    "mesh": "output_mesh_identity",
    "presence": "conv_faceflag",
    "lips": "output_lips",
    "right_eye": "output_left_eye",
    "left_eye": "output_right_eye",
    "right_iris": "output_left_iris",
    "left_iris": "output_right_iris",
}


class Parts(Protocol):
    """The parts of an `AttentionMesh` that have weights."""

    mesh: Mesh
    region_trunks: list[keras.Sequential]
    region_heads: list[keras.Sequential]


def load_official_weights(model: Parts) -> None:
    """Sets every weight of a network of the `released` preset. Fetches the file on first use.

    Raises:
      WeightsError: the file is unavailable.
      ValueError: a weight does not fit.
    """
    path = ModelStore().official_path("face_landmark_with_attention")
    graph = TfliteGraph.from_bytes(path.read_bytes())
    fold_float16(graph)
    graph.remove_unused()
    reader = _Reader(graph)
    crops = [
        place for place, layer in enumerate(graph.operators) if graph.kind(layer) == "TransformTensorBilinear"
    ]
    before_crops = reader.behind_operators(crops)
    mesh, presence = reader.behind("mesh"), reader.behind("presence")
    (features,) = {int(graph.operators[crop].inputs[0]) for crop in crops}
    shared = reader.behind_tensor(features)

    _fill(model.mesh.shared_trunk, reader.weights(shared))
    _fill(model.mesh.mesh_trunk, reader.weights((mesh & presence) - shared))
    _fill(model.mesh.mesh_head, reader.weights(mesh - presence))
    _fill(model.mesh.presence_head, reader.weights(presence - mesh))
    heads = iter(model.region_heads)
    for trunk, region in zip(model.region_trunks, regions(), strict=True):
        own = {name: reader.behind(name) - before_crops for name in region.heads}
        common = set.intersection(*own.values())
        if len(region.heads) == 1:
            # Only the number of layers separates a single head from its trunk.
            common = set(sorted(common & reader.weighted)[: len(_weight_layers(trunk))])
        _fill(trunk, reader.weights(common))
        for name in region.heads:
            _fill(next(heads), reader.weights(own[name] - common))


class _Reader:
    """Finds the operators that a tensor depends on, and their weights, in the file's order."""

    def __init__(self, graph: TfliteGraph) -> None:
        self._graph = graph
        self._makers = {
            int(output): place for place, layer in enumerate(graph.operators) for output in layer.outputs
        }
        names = {graph.name(tensor): tensor for tensor in graph.outputs}
        self._outputs = {ours: names[theirs] for ours, theirs in _OUTPUTS.items()}
        self.weighted = {
            place for place, layer in enumerate(graph.operators) if graph.kind(layer) in _WEIGHTED
        }

    def behind(self, output: str) -> set[int]:
        """Places of the operators that an output of the network depends on."""
        return self.behind_tensor(self._outputs[output])

    def behind_operators(self, places: list[int]) -> set[int]:
        """Places of the operators that the results of some operators depend on, these operators included."""
        return set().union(*(self.behind_tensor(int(self._graph.operators[p].outputs[0])) for p in places))

    def behind_tensor(self, tensor: int) -> set[int]:
        """Places of the operators that a tensor depends on."""
        found: set[int] = set()
        waiting = [tensor]
        while waiting:
            place = self._makers.get(waiting.pop())
            if place is not None and place not in found:
                found.add(place)
                waiting += [int(source) for source in self._graph.operators[place].inputs]
        return found

    def weights(self, places: set[int]) -> Iterator[list[np.ndarray]]:
        """One list per operator with weights: [kernel, bias] or [slopes], in the layout of Keras."""
        for place in sorted(places & self.weighted):
            layer = self._graph.operators[place]
            values = [self._graph.value(int(tensor)) for tensor in layer.inputs[1:]]
            kind = self._graph.kind(layer)
            if kind == "CONV_2D":  # (O, h, w, I) → (h, w, I, O)
                values[0] = values[0].transpose(1, 2, 3, 0)
            elif kind == "DEPTHWISE_CONV_2D":  # (1, h, w, C) → (h, w, C, 1)
                values[0] = values[0].transpose(1, 2, 3, 0)
            yield values


def _weight_layers(part: keras.Sequential) -> list[keras.layers.Layer]:
    """The layers with weights, in the order in which they run."""
    layers: list[keras.layers.Layer] = []
    for layer in part.layers:
        if isinstance(layer, ResidualBlock):
            layers += [layer.depthwise, layer.pointwise, layer.activation]
        elif layer.weights:
            layers.append(layer)
    return layers


def _fill(part: keras.Sequential, weights: Iterator[list[np.ndarray]]) -> None:
    layers, values = _weight_layers(part), list(weights)
    if len(layers) != len(values):
        raise ValueError(
            f"{part.name}: the file has {len(values)} layers with weights, the network {len(layers)}"
        )
    for layer, arrays in zip(layers, values, strict=True):
        expected = [tuple(weight.shape) for weight in layer.weights]
        if [array.shape for array in arrays] != expected:
            raise ValueError(f"{part.name}, {layer.name}: shapes {[a.shape for a in arrays]}, not {expected}")
        layer.set_weights(arrays)

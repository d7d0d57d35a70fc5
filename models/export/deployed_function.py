"""What of a network is exported: images in, landmarks and face flag out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh, refined_landmarks
from attention_mesh.models.errors import ExportError

FLAVORS = ("cpu", "gpu")


def deployed_network(network: Any, flavor: str) -> Any:
    """The network as the flavor wants it: a copy with another sampler where its own is not that one.

    flavor: "cpu", whose attention crops gather four neighbours; "gpu", whose crops and landmark choices are
    matrix products, which GPU delegates take whole, at more arithmetic. Only an `AttentionMesh` differs.
    """
    if flavor not in FLAVORS:
        raise ExportError(f"flavor is {flavor!r}; expected one of {', '.join(FLAVORS)}")
    sampler = "gather" if flavor == "cpu" else "matmul"
    if not isinstance(network, AttentionMesh) or network.sampler == sampler:
        return network
    copy = AttentionMesh.from_config({**network.get_config(), "sampler": sampler, "name": None})
    copy.set_weights(network.get_weights())
    return copy


def byte_network(network: Any) -> Any:
    """A copy that takes 0 to 255 in place of 0 to 1: its first convolution divides.

    Of a `Mesh` or `AttentionMesh`; ExportError for another, whose picture goes to several convolutions.
    """
    if not isinstance(network, (AttentionMesh, Mesh)):
        raise ExportError(
            f"a {type(network).__name__} cannot have the form of this package's graphs; an AttentionMesh or "
            "a Mesh can"
        )
    copy = type(network).from_config({**network.get_config(), "name": None})
    copy.set_weights(network.get_weights())
    mesh = copy.mesh if isinstance(copy, AttentionMesh) else copy
    stem = mesh.shared_trunk.layers[0]
    kernel, bias = stem.get_weights()
    stem.set_weights([kernel / 255, bias])
    return copy


def deployed_function(network: Any, parts: bool) -> Callable[[Any], dict[str, Any]]:
    """images (B, S, S, 3) float32 RGB in [0, 1] → the tensors that are exported, by name.

    "landmarks" (B, 478, 3) float32 in pixels of the input (468 of a mesh network of the released preset), z
    on x's scale, smaller is nearer, and "presence" (B, 1), a logit; with `parts` the network's own outputs.
    """

    def function(images: Any) -> dict[str, Any]:
        outputs = network(ops.cast(images, "float32"))
        if parts:
            return outputs
        # Named anew, as an exporter would else take the name of what came last.
        return {"landmarks": ops.copy(refined_landmarks(outputs)), "presence": outputs["presence"]}

    return function


def need_tensorflow() -> Any:
    """The module tensorflow; ExportError where Keras runs on another backend, which cannot export."""
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"exporting needs Keras on TensorFlow, but it runs on {keras.backend.backend()}: install the "
            "extra `train` and set KERAS_BACKEND=tensorflow; files saved on another backend load there"
        )
    import tensorflow

    return tensorflow

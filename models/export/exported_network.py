"""What an export writes of a network: its variant, its function and its outputs."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras
from keras import ops

from attention_mesh.extras import install_command
from attention_mesh.models.attention_mesh import AttentionMesh, Mesh, refined_landmarks
from attention_mesh.models.attention_mesh.load_network import Network
from attention_mesh.models.errors import ExportError

FLAVORS = ("cpu", "gpu")


def network_of_flavor(network: Network, flavor: str) -> Network:
    """The network, or a copy with another sampler if the flavor needs one.

    Args:
      network: only an `AttentionMesh` differs between the flavors.
      flavor: "cpu", whose attention crops gather four neighbors; "gpu", whose crops and landmark choices are
        matrix products. GPU delegates run those completely, at the cost of more arithmetic.

    Raises:
      ExportError: the flavor is unknown.
    """
    if flavor not in FLAVORS:
        raise ExportError(f"flavor is {flavor!r}; expected one of {', '.join(FLAVORS)}")
    sampler = "gather" if flavor == "cpu" else "matmul"
    if not isinstance(network, AttentionMesh) or network.sampler == sampler:
        return network
    copy = AttentionMesh.from_config({**network.get_config(), "sampler": sampler, "name": None})
    copy.set_weights(network.get_weights())
    return copy


def fuse_pixel_scaling(network: Network) -> Mesh | AttentionMesh:
    """A copy that takes 0 to 255 instead of 0 to 1: the division is part of its first convolution.

    Raises:
      ExportError: the network is not a `Mesh` or `AttentionMesh`, so several convolutions read the image.
    """
    if not isinstance(network, (AttentionMesh, Mesh)):
        raise ExportError(
            f"a {type(network).__name__} cannot be a fused model; an AttentionMesh or a Mesh can"
        )
    copy = type(network).from_config({**network.get_config(), "name": None})
    copy.set_weights(network.get_weights())
    mesh = copy.mesh if isinstance(copy, AttentionMesh) else copy
    stem = mesh.shared_trunk.layers[0]
    kernel, bias = stem.get_weights()
    stem.set_weights([kernel / 255, bias])
    return copy


# The order of an export's outputs, of those that it has; a runtime may ask for them by name or by place.
OUTPUT_ORDER = (
    *("landmarks", "mesh", "lips", "right_eye", "left_eye", "right_iris", "left_iris"),
    *("presence", "transforms", "predicted_transforms"),
)


def exported_function(network: Network, parts: bool) -> Callable[[Any], dict[str, Any]]:
    """The function that an export writes, from images to named tensors.

    The function takes images (B, S, S, 3) float32 RGB in [0, 1]. It returns "landmarks" (B, 478, 3) float32,
    in pixels of the input, z on x's scale, smaller is nearer, and "presence" (B, 1), a logit. A `Mesh` of the
    released preset gives 468 landmarks. With `parts`, it returns the network's own outputs.
    """

    def function(images: Any) -> dict[str, Any]:
        outputs = network(ops.cast(images, "float32"))
        if parts:
            return outputs
        # A copy, because an exporter names an output after the operation that computes it.
        return {"landmarks": ops.copy(refined_landmarks(outputs)), "presence": outputs["presence"]}

    return function


def require_tensorflow() -> ModuleType:
    """The module tensorflow.

    Raises:
      ExportError: Keras runs on another backend, which cannot export.
    """
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"exporting needs Keras on TensorFlow, but it runs on {keras.backend.backend()}: set "
            f"KERAS_BACKEND=tensorflow (TensorFlow comes with {install_command('train')}); files saved on "
            "another backend load there"
        )
    import tensorflow

    return tensorflow

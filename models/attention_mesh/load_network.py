"""Networks by name: with the official weights, with the open weights, or from a file."""

from __future__ import annotations

from pathlib import Path

import keras

from attention_mesh.models.attention_mesh.attention_mesh import AttentionMesh
from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.errors import NetworkError

Network = Mesh | AttentionMesh | Cascade


def load_network(name: str) -> Network:
    """The network of a name or a file.

    Args:
      name: "official", Google's weights, fetched on first use; "open", the package's own; else the path of a
        .keras file that a training wrote.

    Raises:
      NetworkError: the file is missing or holds none of our networks.
      WeightsError: the official weights are unavailable.
    """
    if name == "official":
        return AttentionMesh.from_official()
    if name == "open":
        return AttentionMesh.from_open()
    if not Path(name).is_file():
        raise NetworkError(
            f"there is no network {name!r}; expected `official`, `open` or a .keras file of a training"
        )
    try:
        network = keras.saving.load_model(name, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise NetworkError(f"cannot read the network {name}: {error}") from error
    if not isinstance(network, (AttentionMesh, Cascade, Mesh)):
        raise NetworkError(f"{name} holds a {type(network).__name__}, which is none of our networks")
    return network

"""Networks by name: with the official weights, with the open weights, or from a file."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.attention_mesh.attention_mesh import AttentionMesh
from attention_mesh.models.attention_mesh.keras_file import Network, read_keras_file
from attention_mesh.models.network_name import check_network_name

__all__ = ["Network", "load_network"]


def load_network(name: str) -> Network:
    """The network of a name or a file.

    Args:
      name: "official", Google's weights, fetched on first use; "open", the package's own; else the path of a
        .keras file that a training wrote, see `read_keras_file`.

    Raises:
      NetworkError: the file is missing or holds none of our networks.
      WeightsError: the official weights are unavailable.
    """
    if name == "official":
        return AttentionMesh.from_official()
    if name == "open":
        return AttentionMesh.from_open()
    check_network_name(name)
    return read_keras_file(Path(name))

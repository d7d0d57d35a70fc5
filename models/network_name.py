"""Network names: what `load_network` takes, checked without Keras, which takes seconds to load."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.errors import NetworkError

NAMED_NETWORKS = ("official", "open")


def check_network_name(name: str) -> None:
    """Raises NetworkError if `name` is neither a name in NAMED_NETWORKS nor an existing file."""
    if name not in NAMED_NETWORKS and not Path(name).is_file():
        raise NetworkError(
            f"there is no network {name!r}; expected `official`, `open` or a .keras file of a training"
        )

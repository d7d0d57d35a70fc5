"""Keras networks: `.keras` files with changed bytes, configs and weights."""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from attention_mesh.tools.fuzz.kind import FuzzKind
from attention_mesh.tools.fuzz.mutations import changed_bytes, changed_text, changed_tree

_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz")  # of this process
_FILE = Path(_FOLDER.name) / "network.keras"


@cache
def _entries() -> dict[str, bytes]:
    import attention_mesh.models.keras_backend  # noqa: F401 - chooses it
    from attention_mesh.models.attention_mesh.mesh import Mesh
    from attention_mesh.models.preset import Preset

    Mesh(Preset(32, (4, 8, 8), 8, (8, 8, 8), 4, 468)).save(_FILE)
    with zipfile.ZipFile(_FILE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def make(numbers: random.Random) -> tuple[str, object]:
    """A file: its group, and its content."""
    entries, way = dict(_entries()), numbers.choice(("archive", "config", "weights", "weights", "weights"))
    if way == "config":
        tree = json.loads(entries["config.json"])
        text = json.dumps(changed_tree(numbers, tree))
        entries["config.json"] = changed_text(numbers, text) if numbers.random() < 0.3 else text.encode()
    elif way == "weights":
        weights = bytearray(entries["model.weights.h5"])
        for _ in range(numbers.choice((1, 1, 2, 8, 64))):
            weights[numbers.randrange(len(weights))] = numbers.choice((0, 1, 255, numbers.randrange(256)))
        entries["model.weights.h5"] = bytes(weights)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return way, changed_bytes(numbers, stream.getvalue()) if way == "archive" else stream.getvalue()


def read(case: object, stage: Callable[[str], None]) -> bool:
    """Reads a network as `attention-mesh export` does."""
    from attention_mesh.models.attention_mesh.load_network import load_network

    assert isinstance(case, bytes)
    _FILE.write_bytes(case)
    load_network(str(_FILE))
    return True


KIND = FuzzKind("networks", make, read)

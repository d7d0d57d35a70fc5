"""Small GLB heads for tests."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.drawing.avatar.glb_builder import GlbBuilder
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.canonical_face import canonical_face

METERS = 0.01


def head(
    path: Path,
    names: list[str] | None = None,
    node: dict[str, Any] | None = None,
    points: np.ndarray | None = None,
    uses_extras: bool = True,
) -> Path:
    """A file with the canonical face in meters, and a morph target of each name.

    Target number k moves vertex 100 + k by one centimeter along x; those of the blinks and smiles move the
    lids and the corners of the mouth up.
    """
    face = canonical_face()
    points = (face.vertices[:468] * METERS if points is None else points).astype(np.float32)
    names = list(BLENDSHAPE_NAMES) if names is None else names
    builder = GlbBuilder("test")
    targets = []
    for row, name in enumerate(names):
        delta = np.zeros_like(points)
        marked = MARKS.get(
            name.split(".")[-1].lower().replace("_", "").removesuffix("eft").removesuffix("ight")
        )
        if marked is None:
            delta[100 + row, 0] = METERS
        else:
            delta[marked, 1] = METERS
        targets.append({"POSITION": builder.add_array(delta, bounds=True)})
    primitive = {
        "attributes": {"POSITION": builder.add_array(points, bounds=True)},
        "indices": builder.add_array(face.triangles.astype(np.uint16).ravel()),
        "targets": targets,
    }
    mesh: dict[str, Any] = {"name": "Head_Mesh", "primitives": [primitive]}
    if uses_extras:
        mesh["extras"] = {"targetNames": names}
    builder.add("meshes", mesh)
    builder.add("nodes", {"name": "Head", "mesh": 0, **(node or {})})
    builder.tree["scenes"], builder.tree["scene"] = [{"nodes": [0]}], 0
    path.write_bytes(builder.file())
    return path


# Landmarks that a shape moves, by its name without case, separators and the rest of "left" or "right".
MARKS = {
    "eyeblinkl": [386, 374, 263, 362],
    "eyeblinkr": [159, 145, 33, 133],
    "mouthsmilel": [291],
    "mouthsmiler": [61],
}


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON and the binary part of a file, read by the specification alone."""
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data)) and length % 4 == 0
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON" and size % 4 == 0
    tree = json.loads(data[20 : 20 + size])
    more, kind = struct.unpack_from("<I4s", data, 20 + size)
    assert kind == b"BIN\0" and more % 4 == 0 and 28 + size + more == length
    binary = data[28 + size :]
    assert tree["buffers"] == [{"byteLength": len(binary)}]
    return tree, binary


def floats(tree: dict[str, Any], binary: bytes, accessor: int) -> np.ndarray:
    """(count, width) float32 of an accessor that is neither sparse nor strided."""
    entry = tree["accessors"][accessor]
    view = tree["bufferViews"][entry["bufferView"]]
    assert entry["componentType"] == 5126 and view["byteOffset"] % 4 == 0
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}[entry["type"]]
    assert view["byteLength"] == 4 * width * entry["count"]
    return np.frombuffer(binary, "<f4", width * entry["count"], view["byteOffset"]).reshape(-1, width)

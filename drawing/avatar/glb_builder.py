"""GLB builder: collects arrays, pictures and objects, and makes a binary glTF 2.0 file of them."""

from __future__ import annotations

import copy
import json
import struct
from typing import Any

import numpy as np

VERTICES, INDICES = 34962, 34963  # bufferView.target
_COMPONENTS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class GlbBuilder:
    """A glTF object under construction.

    Attributes:
        tree: the object; add what refers to the returned indices.
    """

    def __init__(self, generator: str) -> None:
        self.tree: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}}
        self._binary = bytearray()

    def copy(self) -> GlbBuilder:
        """Another builder with the same content."""
        other = GlbBuilder("")
        other.tree = copy.deepcopy(self.tree)
        other._binary = bytearray(self._binary)
        return other

    def add(self, kind: str, entry: dict[str, Any]) -> int:
        """Adds an object, such as a node, and returns its index."""
        entries = self.tree.setdefault(kind, [])
        entries.append(entry)
        return len(entries) - 1

    def add_array(self, values: np.ndarray, target: int | None = None, bounds: bool = False) -> int:
        """Adds an accessor.

        Args:
            values: (N,) or (N, width), of one of glTF's types.
            target: `VERTICES` or `INDICES`, if it is one.
            bounds: whether to note the least and greatest values, which positions and times need.
        """
        entry = _described(values, bounds)
        entry["bufferView"] = self._view(values.tobytes(), target)
        return self.add("accessors", entry)

    def add_sparse(self, rows: np.ndarray, values: np.ndarray, count: int) -> int:
        """Adds an accessor of `count` rows that are 0 except for `rows` (N,), which have `values` (N, 3)."""
        whole = np.zeros((count, values.shape[1]), np.float32)
        whole[rows] = values
        entry = _described(whole, bounds=True)
        if len(rows):
            indices = rows.astype(np.uint16 if count <= 0xFFFF else np.uint32)
            entry["sparse"] = {
                "count": len(rows),
                "indices": {
                    "bufferView": self._view(indices.tobytes()),
                    "componentType": _COMPONENTS[str(indices.dtype)],
                },
                "values": {"bufferView": self._view(values.astype(np.float32).tobytes())},
            }
        return self.add("accessors", entry)

    def add_picture(self, data: bytes, mime: str) -> int:
        """Adds an encoded picture as a texture, whose index it returns."""
        image = self.add("images", {"bufferView": self._view(data), "mimeType": mime})
        return self.add("textures", {"source": image})

    def file(self) -> bytes:
        """The whole file."""
        binary = bytes(self._binary)
        tree = {**self.tree, "buffers": [{"byteLength": len(binary)}]}
        text = json.dumps(tree, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        parts = [
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
        return struct.pack("<4sII", b"glTF", 2, 12 + sum(map(len, parts))) + b"".join(parts)

    def _view(self, data: bytes, target: int | None = None) -> int:
        entry = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target is not None:
            entry["target"] = target
        self._binary += data + bytes(-len(data) % 4)
        return self.add("bufferViews", entry)


def _described(values: np.ndarray, bounds: bool) -> dict[str, Any]:
    rows = values.reshape(len(values), -1)
    entry: dict[str, Any] = {
        "componentType": _COMPONENTS[str(values.dtype)],
        "count": len(rows),
        "type": _TYPES[rows.shape[1]],
    }
    if bounds:
        entry["min"], entry["max"] = rows.min(0).tolist(), rows.max(0).tolist()
    return entry

"""GLB file: the JSON and the binary part of a binary glTF 2.0 file, and the arrays in it."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from attention_mesh.drawing.errors import AvatarError
from attention_mesh.limits import read_file
from attention_mesh.media.errors import MediaError
from attention_mesh.media.picture_size import check_encoded_size

_MAGIC, _JSON, _BIN = b"glTF", b"JSON", b"BIN\0"
_LARGEST_FILE = 512 * 1024 * 1024  # bytes
_LARGEST_TEXTURE_PX = 8192
_MOST_VALUES = 10_000_000  # of an accessor
# glTF 2.0, table of accessor.componentType.
_COMPONENTS = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
# What packs arrays so that only a library of its own can unpack them.
_PACKED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")


class GlbFile:
    """A file that was read whole; its arrays are taken out on demand.

    Attributes:
        name: the file's name, for messages.
        tree: the glTF object.
    """

    def __init__(self, path: Path) -> None:
        """Reads a file.

        Raises:
            AvatarError: it is missing, not a GLB file, or cut short.
        """
        self.name = path.name
        try:
            size = path.stat().st_size
            if size > _LARGEST_FILE:
                raise AvatarError(f"{self.name} has {size:,} bytes; an avatar may have {_LARGEST_FILE:,}")
            data = read_file(path, _LARGEST_FILE)
        except OSError as error:
            raise AvatarError(f"cannot read the avatar {path}: {error.strerror or error}") from None
        self.tree, self._binary = self._parts(data)

    def list(self, key: str) -> list[dict[str, Any]]:
        """The objects of one kind, such as "nodes"; empty if the file has none.

        Raises:
            AvatarError: they are not a list of objects.
        """
        objects = self.tree.get(key, [])
        if not isinstance(objects, list) or not all(isinstance(entry, dict) for entry in objects):
            raise AvatarError(f'{self.name}: "{key}" is not a list of objects')
        return objects

    def array(self, accessor: int) -> np.ndarray:
        """The values of an accessor: (count, width) float32, or (count, width) of its own integer type.

        Raises:
            AvatarError: the accessor is missing or reaches past the end of the file.
        """
        try:
            entry = self.list("accessors")[accessor]
            kind, width = np.dtype(_COMPONENTS[entry["componentType"]]), _WIDTHS[entry["type"]]
            count = int(entry["count"])
            if count > _MOST_VALUES:  # which an accessor without data may say in a few bytes
                raise ValueError(f"it has {count:,} values; an avatar may have {_MOST_VALUES:,}")
            if "bufferView" in entry:
                values = self._values(entry["bufferView"], entry.get("byteOffset", 0), kind, width, count)
            else:
                values = np.zeros((count, width), kind)
            if "sparse" in entry:
                values = values.copy()
                sparse = entry["sparse"]
                at, new, many = sparse["indices"], sparse["values"], int(sparse["count"])
                rows = self._values(
                    at["bufferView"],
                    at.get("byteOffset", 0),
                    np.dtype(_COMPONENTS[at["componentType"]]),
                    1,
                    many,
                )
                values[rows[:, 0]] = self._values(
                    new["bufferView"], new.get("byteOffset", 0), kind, width, many
                )
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise AvatarError(f"{self.name}: accessor {accessor} is broken ({error})") from None
        if entry.get("normalized") and kind.kind in "iu":
            return np.maximum(
                values / np.float32(2 ** (8 * kind.itemsize - (kind.kind == "i")) - 1), -1
            ).astype(np.float32)
        return values

    def image(self, index: int) -> np.ndarray:
        """(H, W, 3 or 4) uint8 RGB or RGBA of an image in the file.

        Raises:
            AvatarError: the image is missing, outside of the file, or of a format that OpenCV cannot read.
        """
        try:
            entry = self.list("images")[index]
            view = self.list("bufferViews")[entry["bufferView"]]
            start = view.get("byteOffset", 0)
            data = np.frombuffer(self._binary, np.uint8)[start : start + view["byteLength"]]
            check_encoded_size(data.tobytes())
            picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            raise AvatarError(f"{self.name}: OpenCV cannot decode image {index} ({error.err})") from None
        except MediaError as error:
            raise AvatarError(f"{self.name}: image {index}: {error}") from None
        except (KeyError, IndexError, TypeError) as error:
            raise AvatarError(f"{self.name}: image {index} is broken or not in the file ({error})") from None
        if picture is None or picture.dtype != np.uint8 or max(picture.shape) > _LARGEST_TEXTURE_PX:
            mime = entry.get("mimeType", "unknown type")
            raise AvatarError(
                f"{self.name}: image {index} ({mime}) cannot be read; needed is a JPEG or PNG of 8 bits and "
                f"at most {_LARGEST_TEXTURE_PX} px"
            )
        if picture.ndim == 2:
            return cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
        return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB)

    def _parts(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        if data[:4] != _MAGIC:
            hint = " (.gltf with files beside it: pack it as .glb)" if data.lstrip()[:1] == b"{" else ""
            raise AvatarError(f"{self.name} is no GLB file: it does not begin with glTF{hint}")
        if len(data) < 20:
            raise AvatarError(f"{self.name} is cut short: {len(data)} bytes")
        version, length = struct.unpack_from("<II", data, 4)
        if version != 2:
            raise AvatarError(f"{self.name} is glTF {version}; needed is glTF 2")
        if len(data) < length:
            raise AvatarError(f"{self.name} is cut short: it has {len(data):,} of {length:,} bytes")
        chunks: dict[bytes, bytes] = {}
        place = 12
        while place + 8 <= length:
            size, kind = struct.unpack_from("<I4s", data, place)
            if place + 8 + size > length:
                raise AvatarError(f"{self.name} is broken: a chunk reaches past the end of the file")
            chunks.setdefault(kind, data[place + 8 : place + 8 + size])
            place += 8 + size
        try:
            tree = json.loads(chunks[_JSON])
        except (KeyError, ValueError):
            raise AvatarError(f"{self.name} is broken: its JSON part is missing or no JSON") from None
        if not isinstance(tree, dict):
            raise AvatarError(f"{self.name} is broken: its JSON part is no object")
        needed = tree.get("extensionsRequired", [])
        packed = [name for name in _PACKED if name in needed]
        if packed:
            raise AvatarError(f"{self.name} is compressed with {packed[0]}; save it without compression")
        return tree, chunks.get(_BIN, b"")

    def _values(self, view: int, offset: int, kind: np.dtype, width: int, count: int) -> np.ndarray:
        entry = self.list("bufferViews")[view]
        if entry.get("buffer", 0) != 0:
            raise ValueError("its data are not in the file")
        start, row = entry.get("byteOffset", 0) + offset, kind.itemsize * width
        step = entry.get("byteStride") or row
        end = start + step * (count - 1) + row if count else start
        if min(start, count, offset) < 0 or end > len(self._binary) or step < row:
            raise ValueError(f"it needs {end:,} bytes, the file has {len(self._binary):,}")
        if not count:
            return np.zeros((0, width), kind)
        raw = np.frombuffer(self._binary, np.uint8, end - start, start)
        rows = np.lib.stride_tricks.as_strided(raw, (count, row), (step, 1))
        return np.ascontiguousarray(rows).view(kind).reshape(count, width)

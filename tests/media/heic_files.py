"""Writes HEIC files as phones do: a grid of tiles that is turned by a property."""

from __future__ import annotations

import io
import struct

import numpy as np


def box(kind: bytes, *parts: bytes, version: int | None = None, flags: int = 0) -> bytes:
    """A box of ISO base media format (ISO/IEC 14496-12); with a version, a full box."""
    head = b"" if version is None else bytes([version]) + flags.to_bytes(3, "big")
    body = head + b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def tile(image: np.ndarray) -> tuple[bytes, bytes]:
    """(decoder configuration, coded data) of a picture, (H, W, 3) uint8 RGB, as one HEVC frame."""
    import pillow_heif
    from PIL import Image

    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(image)).save(file, quality=95, chroma=444)
    data = file.getvalue()
    at = data.index(b"hvcC") - 4
    configuration = data[at : at + int.from_bytes(data[at : at + 4], "big")]
    at = data.index(b"mdat") - 4
    return configuration, data[at + 8 : at + int.from_bytes(data[at : at + 4], "big")]


def write_grid(image: np.ndarray, side: int, quarter_turns: int = 0) -> bytes:
    """A HEIC file whose picture consists of square tiles, as those of phones.

    Args:
      image: (H, W, 3) uint8 RGB as stored, before the turn.
      side: of a tile in px; the last row and column are filled up.
      quarter_turns: counterclockwise, by which a reader has to turn the picture.
    """
    height, width = image.shape[:2]
    rows, columns = -(-height // side), -(-width // side)
    filled = np.pad(image, ((0, rows * side - height), (0, columns * side - width), (0, 0)), mode="edge")
    tiles = [
        tile(np.ascontiguousarray(filled[row : row + side, column : column + side]))
        for row in range(0, rows * side, side)
        for column in range(0, columns * side, side)
    ]
    count = len(tiles)
    grid_id, tile_ids = count + 1, range(1, count + 1)
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)

    def item(number: int, kind: bytes, flags: int) -> bytes:
        return box(b"infe", struct.pack(">HH", number, 0), kind, b"\0", version=2, flags=flags)

    def size(x: int, y: int) -> bytes:
        return box(b"ispe", struct.pack(">II", x, y), version=0)

    properties = [tiles[0][0], size(side, side), size(width, height), box(b"irot", bytes([quarter_turns]))]
    links = b"".join(struct.pack(">HBBB", number, 2, 0x80 | 1, 2) for number in tile_ids)
    links += struct.pack(">HBBB", grid_id, 2, 3, 0x80 | 4)

    def meta(first: int) -> bytes:
        places, at = b"", first
        for number, (_, data) in zip(tile_ids, tiles, strict=True):
            places += struct.pack(">HHHHII", number, 0, 0, 1, at, len(data))
            at += len(data)
        places += struct.pack(">HHHHII", grid_id, 1, 0, 1, 0, len(grid))  # 1: in the box idat
        return box(
            b"meta",
            box(b"hdlr", bytes(4), b"pict", bytes(13), version=0),
            box(b"pitm", struct.pack(">H", grid_id), version=0),
            box(
                b"iinf",
                struct.pack(">H", count + 1),
                *(item(number, b"hvc1", 1) for number in tile_ids),
                item(grid_id, b"grid", 0),
                version=0,
            ),
            box(
                b"iref",
                box(b"dimg", struct.pack(f">HH{count}H", grid_id, count, *tile_ids)),
                version=0,
            ),
            box(
                b"iprp",
                box(b"ipco", *properties),
                box(b"ipma", struct.pack(">I", count + 1), links, version=0),
            ),
            box(b"idat", grid),
            box(b"iloc", b"\x44\0", struct.pack(">H", count + 1), places, version=1),
            version=0,
        )

    start = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    first = len(start) + len(meta(0)) + 8
    return start + meta(first) + box(b"mdat", *(data for _, data in tiles))

"""A TIFF whose channels lie apart, taken as one gray TIFF per channel, which every decoder reads right."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.tiff_header import tiff_pages

_BITS, _CHANNELS = 258, 277  # tags
_STRIPS = (273, 279)  # their offsets, their lengths
_TILES = (324, 325)
# Tags that a plane keeps: size, compression, order of bits, rows of a strip, predictor, size of a tile.
_KEPT = (256, 257, 259, 266, 278, 317, 322, 323)
_OF_A_PLANE = {262: 1, _CHANNELS: 1, 284: 1}  # black is zero, one channel, pixel by pixel
_SHORT, _LONG, _LONG8 = 3, 4, 16  # types of values


def tiff_planes(data: np.ndarray, channels: int) -> Iterator[np.ndarray]:
    """The first channels of a TIFF's first page, each as a gray TIFF: the file with another directory.

    The pixels stay where they are, in strips or tiles and compressed as they were. The orientation is left
    out.

    Args:
      data: (bytes,) uint8, a TIFF whose channels lie one after the other (PlanarConfiguration 2).
      channels: how many to take.

    Yields:
      (more bytes,) uint8

    Raises:
      MediaError: it is damaged.
    """
    order = {b"II": "<", b"MM": ">"}[data[:2].tobytes()]
    is_big = data[2:4].tobytes() in (b"+\0", b"\0+")
    tags = tiff_pages(data.data, most_values=data.size)[0].tags
    places = _TILES if _TILES[0] in tags else _STRIPS
    parts = len(tags.get(places[0], ())) // max(1, tags.get(_CHANNELS, (1,))[0])
    if parts == 0 or any(len(tags.get(tag, ())) < channels * parts for tag in places):
        raise MediaError("this TIFF is damaged or cut off.")
    for channel in range(channels):
        entries = {tag: tags[tag] for tag in _KEPT if tags.get(tag)}
        entries |= {tag: (value,) for tag, value in _OF_A_PLANE.items()}
        entries |= {tag: tags[tag][channel * parts : (channel + 1) * parts] for tag in places}
        entries[_BITS] = tags[_BITS][:1]
        yield _with_directory(data, entries, order, is_big)


def _with_directory(
    data: np.ndarray, entries: dict[int, tuple[int, ...]], order: str, is_big: bool
) -> np.ndarray:
    """The file with a directory of these tags behind its end, which its head then names."""
    place_form, count_form, kind, room = ("Q", "Q", _LONG8, 8) if is_big else ("I", "H", _LONG, 4)
    at = data.size + data.size % 2
    directory = struct.pack(order + count_form, len(entries))
    end = at + len(directory) + len(entries) * (4 + 2 * room) + room
    more = b""
    for tag, values in sorted(entries.items()):
        if tag not in (*_STRIPS, *_TILES) and values[0] < 1 << 16:
            content, form = struct.pack(f"{order}H", values[0]), _SHORT
        else:
            content, form = struct.pack(f"{order}{len(values)}{place_form}", *values), kind
        if len(content) > room:
            content, more = struct.pack(order + place_form, end + len(more)), more + content
        directory += struct.pack(f"{order}HH{place_form}", tag, form, len(values)) + content.ljust(
            room, b"\0"
        )
    directory += bytes(room)  # no next page
    head = data[: 16 if is_big else 8].tobytes()
    head = head[:-room] + struct.pack(order + place_form, at)
    padding = bytes(at - data.size)
    joined = [np.frombuffer(part, np.uint8) for part in (head, padding + directory + more)]
    return np.concatenate([joined[0], data[len(head) :], joined[1]])

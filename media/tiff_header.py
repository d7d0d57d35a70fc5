"""The tags of a TIFF file's pages; EXIF data have the same form."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

ORIENTATION = 274
"""Tag: 1 to 8, see `media.orientation`."""

_SUBFILE_TYPE, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES = 254, 258, 259, 262, 277
_PLANAR, _TILE_WIDTH, _SUB_IFDS, _EXTRA_SAMPLES, _SAMPLE_FORMAT, _DNG_VERSION = 284, 322, 330, 338, 339, 50706
_SIZES = {
    1: 1,
    3: 2,
    4: 4,
    13: 4,
    16: 8,
}  # type of a tag's values -> bytes of one: whole numbers without sign
_MOST_VALUES = 16
_MOST_PAGES = 10_000


@dataclass(frozen=True)
class TiffPage:
    """A page of a TIFF file: its tags of whole numbers, each with its first values.

    A tag that is missing has the value that the TIFF 6.0 specification gives it.
    """

    tags: Mapping[int, tuple[int, ...]]

    def _first(self, tag: int, default: int) -> int:
        return (self.tags.get(tag) or (default,))[0]

    @property
    def orientation(self) -> int:
        """1 to 8, see `media.orientation`."""
        return self._first(ORIENTATION, 1)

    @property
    def bits(self) -> int:
        """Bits of the first channel."""
        return self._first(_BITS, 1)

    @property
    def channels(self) -> int:
        """Number of channels, with alpha."""
        return self._first(_SAMPLES, 1)

    @property
    def compression(self) -> int:
        """Number of the compression scheme; 1 is none."""
        return self._first(_COMPRESSION, 1)

    @property
    def photometric(self) -> int:
        """What the channels are: 0 and 1 gray, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr; others are rare."""
        return self._first(_PHOTOMETRIC, 1)

    @property
    def sample_format(self) -> int:
        """1 unsigned, 2 signed, 3 floating point."""
        return self._first(_SAMPLE_FORMAT, 1)

    @property
    def is_planar(self) -> bool:
        """Whether the channels lie one after the other instead of pixel by pixel."""
        return self.channels > 1 and self._first(_PLANAR, 1) == 2

    @property
    def is_tiled(self) -> bool:
        """Whether the picture is stored in tiles instead of strips."""
        return _TILE_WIDTH in self.tags

    @property
    def alpha(self) -> int:
        """0 no alpha channel, 1 premultiplied, 2 as it is."""
        return self._first(_EXTRA_SAMPLES, 0)

    @property
    def is_reduced(self) -> bool:
        """Whether the page is a smaller version of another."""
        return bool(self._first(_SUBFILE_TYPE, 0) & 1)

    @property
    def is_picture(self) -> bool:
        """Whether the page is a picture of its own: neither a smaller version nor a mask of another."""
        return not self._first(_SUBFILE_TYPE, 0) & (1 | 4)

    @property
    def is_camera_raw(self) -> bool:
        """Whether the page belongs to a camera's raw file, whose first page is a preview."""
        return _DNG_VERSION in self.tags or (self.is_reduced and _SUB_IFDS in self.tags)


def tiff_pages(data: bytes | memoryview, most_values: int = _MOST_VALUES) -> list[TiffPage]:
    """The pages of a TIFF file (classic or BigTIFF) or of EXIF data, as far as they can be read.

    Args:
      data: the file.
      most_values: how many values of a tag to read.
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    pages: list[TiffPage] = []
    if order is None:
        return pages
    try:
        (version,) = struct.unpack_from(f"{order}H", data, 2)
        is_big = version == 43
        (at,) = struct.unpack_from(f"{order}Q" if is_big else f"{order}I", data, 8 if is_big else 4)
        seen: set[int] = set()
        while at and at not in seen and len(pages) < _MOST_PAGES:
            seen.add(at)
            page, at = _page(data, at, order, is_big, most_values)
            pages.append(page)
    except struct.error:  # cut off
        pass
    return pages


def _page(
    data: bytes | memoryview, at: int, order: str, is_big: bool, most_values: int
) -> tuple[TiffPage, int]:
    """The page whose tags begin at a position, and the position of the next; 0 if it is the last."""
    count_form, entry_form, next_form = ("Q", "HHQ", "Q") if is_big else ("H", "HHI", "I")
    (count,) = struct.unpack_from(order + count_form, data, at)
    at += struct.calcsize(order + count_form)
    head = struct.calcsize(order + entry_form)
    room = 8 if is_big else 4  # bytes of values that lie in the entry itself
    tags = {}
    for entry in range(at, at + count * (head + room), head + room):
        tag, kind, number = struct.unpack_from(order + entry_form, data, entry)
        if kind not in _SIZES:
            tags[tag] = ()
            continue
        position = entry + head
        if number * _SIZES[kind] > room:
            (position,) = struct.unpack_from(order + next_form, data, position)
        form = {1: "B", 2: "H", 4: "I", 8: "Q"}[_SIZES[kind]]
        tags[tag] = struct.unpack_from(f"{order}{min(number, most_values)}{form}", data, position)
    (following,) = struct.unpack_from(order + next_form, data, at + count * (head + room))
    return TiffPage(tags), following

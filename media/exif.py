"""EXIF: reads what a camera wrote into a JPEG file of how a photo was taken."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from attention_mesh.media.errors import MediaError

_SOI, _EOI, _SOS, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
_HEAD = b"Exif\0\0"
_EXIF_FOLDER = 0x8769
_FOCAL_LENGTH, _FOCAL_LENGTH_35MM, _WIDTH, _HEIGHT = 0x920A, 0xA405, 0xA002, 0xA003
# Type of an entry: format of one number for struct, and whether it is a fraction of two.
_NUMBERS = {1: "B", 3: "H", 4: "I", 9: "i"}
_FRACTIONS = {5: "II", 10: "ii"}


@dataclass(frozen=True)
class Exif:
    """What a photo's EXIF says; 0 for what it does not.

    Attributes:
      size: (width, height) in pixels, before the photo is turned upright.
      focal_mm: focal length of the lens in mm.
      focal_35mm: focal length in mm with the same angle of view on a sensor of 36 mm x 24 mm.
    """

    size: tuple[int, int] = (0, 0)
    focal_mm: float = 0.0
    focal_35mm: float = 0.0


def read_exif(data: bytes) -> Exif:
    """Reads the EXIF of a JPEG file.

    Args:
      data: the file's bytes.

    Raises:
      MediaError: they are no JPEG file, or hold no EXIF that can be read.
    """
    try:
        block = _exif_block(data)
        values = _Tiff(block).values() if block is not None else None
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise MediaError(f"the photo's EXIF is broken: {error}") from None
    if values is None:
        raise MediaError("the photo has no EXIF")
    size = int(values.get(_WIDTH, 0)), int(values.get(_HEIGHT, 0))
    return Exif(size, values.get(_FOCAL_LENGTH, 0.0), values.get(_FOCAL_LENGTH_35MM, 0.0))


def _exif_block(data: bytes) -> bytes | None:
    """The TIFF structure in a JPEG's APP1 segment; None if there is none. Raises MediaError for no JPEG."""
    if data[:2] != bytes((0xFF, _SOI)):
        raise MediaError("the image is no JPEG file; only JPEG files have EXIF that can be read")
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], struct.unpack_from(">H", data, place + 2)[0]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker in (_SOS, _EOI):
            break
        content = data[place + 4 : place + 2 + length]
        if marker == _APP1 and content.startswith(_HEAD):
            return content[len(_HEAD) :]
        place += 2 + length
    return None


class _Tiff:
    """The entries of a TIFF structure: tag → number."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        if block[:2] not in (b"II", b"MM"):
            raise struct.error("its byte order is unknown")
        self._order = "<" if block[:2] == b"II" else ">"

    def values(self) -> dict[int, float]:
        """The single numbers of the first folder and of the folder that describes how the photo was taken."""
        values = self._folder(*self._unpack("I", 4))
        if _EXIF_FOLDER in values:
            values |= self._folder(int(values[_EXIF_FOLDER]))
        return values

    def _folder(self, place: int) -> dict[int, float]:
        values: dict[int, float] = {}
        (count,) = self._unpack("H", place)
        for entry in range(place + 2, place + 2 + 12 * count, 12):
            tag, kind, length = self._unpack("HHI", entry)
            if length == 1 and kind in _NUMBERS:
                values[tag] = self._unpack(_NUMBERS[kind], entry + 8)[0]
            elif length == 1 and kind in _FRACTIONS:
                above, below = self._unpack(_FRACTIONS[kind], *self._unpack("I", entry + 8))
                values[tag] = above / below if below else 0.0
        return values

    def _unpack(self, numbers: str, place: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + numbers, self._block, place)

"""Sizes that files of photos declare: decoders take memory for them before they look at the pixels."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from attention_mesh.limits import size_problem
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_format import image_format, webp_chunks
from attention_mesh.media.tiff_header import tiff_pages

_PNM_NUMBER = re.compile(rb"(?:\s|#[^\n]*\n)*(\d{1,20})")
_PAM_WIDTH, _PAM_HEIGHT = re.compile(rb"WIDTH\s+(\d{1,20})"), re.compile(rb"HEIGHT\s+(\d{1,20})")
_RADIANCE_SIZE = re.compile(rb"[-+]Y (\d{1,20}) [-+]X (\d{1,20})")
_EXR_WINDOW = b"dataWindow\0box2i\0\x10\0\0\0"
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15, ITU-T T.81 table B.1
_JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_TIFF_WIDTH, _TIFF_HEIGHT, _TIFF_TILE_WIDTH, _TIFF_TILE_HEIGHT = 256, 257, 322, 323
_SIZE = b"ispe"
_JPEG_2000_TILES = 10_000
_MOST_CHANNELS = 4
_HARMLESS_BYTES = 1 << 20

Size = tuple[int, int]


def check_declared_size(data: bytes, name: str) -> None:
    """Refuses a photo that declares more pixels than `limits.max_pixels` permits, or longer sides.

    Args:
      data: the content of the file.
      name: its format, see `image_format`.

    Raises:
      MediaError: it is refused; the text says the size and the limit, and lacks the path.
    """
    for width, height in declared_sizes(data, name):
        problem = size_problem(width, height)
        if problem:
            raise MediaError(f"this {name} is too large: {problem}.")
    if name == "JPEG 2000":
        _check_jpeg_2000(data)
    elif name == "PNG":
        _check_png(data)


def declared_sizes(data: bytes, name: str) -> list[Size]:
    """All that a file says of its size: (width, height) in px of its picture, canvas, tiles and parts.

    What is damaged is left out, because decoders refuse it themselves.
    """
    try:
        return list(_READERS[name](data)) if name in _READERS else []
    except (struct.error, IndexError):  # cut off
        return []


def check_encoded_size(data: bytes) -> None:
    """Refuses a picture in memory that declares too many pixels, in any format that OpenCV decodes.

    Raises MediaError, as `check_declared_size` does.
    """
    name = image_format(data[:128])
    if name is not None:
        check_declared_size(data, name)


def _png(data: bytes) -> Iterator[Size]:
    at = 8
    while at + 16 <= len(data):  # the header may lie behind chunks that it should precede
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IHDR":
            yield struct.unpack_from(">II", data, at + 8)
        at += 12 + length


def _check_png(data: bytes) -> None:
    """Refuses a chunk that declares far more bytes than the file has: OpenCV 5 takes memory for them."""
    at = 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length > len(data) + _HARMLESS_BYTES:
            raise MediaError(
                f"this PNG is damaged: a part of it declares {length} bytes, the file has {len(data)}."
            )
        at += 12 + length


def _gif(data: bytes) -> Iterator[Size]:
    yield struct.unpack_from("<HH", data, 6)


def _jpeg(data: bytes) -> Iterator[Size]:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                return
            continue
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _JPEG_WITHOUT_LENGTH or marker == 0:
            at += 2
        else:
            if marker in _JPEG_SIZES:
                height, width = struct.unpack_from(">HH", data, at + 5)
                yield width, height
            if marker in (0xD9, 0xDA):  # the end, or pixels
                return
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))


def _jpeg_2000(data: bytes) -> Iterator[Size]:
    at = data.find(b"\xff\x4f\xff\x51")
    if at >= 0:
        width, height, left, top = struct.unpack_from(">IIII", data, at + 8)
        yield width, height  # decoders take memory from the origin on
        yield max(width - left, 0), max(height - top, 0)
    box = data.find(b"ihdr", 0, 4096)
    if box >= 0:
        height, width = struct.unpack_from(">II", data, box + 4)
        yield width, height


def _check_jpeg_2000(data: bytes) -> None:
    """Refuses a number of tiles or channels for which a decoder takes memory however small the picture is."""
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0 or at + 42 > len(data):
        return
    right, bottom, _, _, width, height, left, top = struct.unpack_from(">8I", data, at + 8)
    (channels,) = struct.unpack_from(">H", data, at + 40)
    if channels > _MOST_CHANNELS:
        raise MediaError(f"a JPEG 2000 of {channels} channels cannot be read; store it as RGB.")
    if width and height:
        tiles = -(-max(right - left, 0) // width) * -(-max(bottom - top, 0) // height)
        if tiles > _JPEG_2000_TILES:
            raise MediaError(
                f"a JPEG 2000 of {tiles} tiles cannot be read, only of up to {_JPEG_2000_TILES}; store it "
                "with larger tiles."
            )


def _bmp(data: bytes) -> Iterator[Size]:
    if int.from_bytes(data[14:18], "little") == 12:
        yield struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
        yield abs(width), abs(height)


def _pnm(data: bytes) -> Iterator[Size]:
    width = _PNM_NUMBER.match(data, 2)
    height = width and _PNM_NUMBER.match(data, width.end())
    if width and height:
        yield int(width[1]), int(height[1])


def _webp(data: bytes) -> Iterator[Size]:
    for kind, content in webp_chunks(data):
        if kind == b"VP8X":
            yield _numbers_of_24_bits(content, 4)
        elif kind == b"ANMF":
            yield _numbers_of_24_bits(content, 6)
        elif kind == b"VP8 " and content[3:6] == b"\x9d\x01\x2a":
            width, height = struct.unpack_from("<HH", content, 6)
            yield width & 0x3FFF, height & 0x3FFF
        elif kind == b"VP8L" and content[:1] == b"\x2f":
            (bits,) = struct.unpack_from("<I", content, 1)
            yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _numbers_of_24_bits(content: bytes, at: int) -> Size:
    if len(content) < at + 6:
        return 0, 0
    return (
        int.from_bytes(content[at : at + 3], "little") + 1,
        int.from_bytes(content[at + 3 : at + 6], "little") + 1,
    )


def _tiff(data: bytes) -> Iterator[Size]:
    for page in tiff_pages(data)[:1]:  # the one that is read
        for width, height in ((_TIFF_WIDTH, _TIFF_HEIGHT), (_TIFF_TILE_WIDTH, _TIFF_TILE_HEIGHT)):
            yield (page.tags.get(width) or (0,))[0], (page.tags.get(height) or (0,))[0]


def _iso(data: bytes) -> Iterator[Size]:
    """The properties `ispe` of a HEIC or AVIF, ISO/IEC 23008-12, wherever they lie."""
    at = data.find(_SIZE)
    while at >= 0:
        if at + 16 <= len(data):
            yield struct.unpack_from(">II", data, at + 8)
        at = data.find(_SIZE, at + 4)


def _pam(data: bytes) -> Iterator[Size]:
    width, height = _PAM_WIDTH.search(data, 0, 4096), _PAM_HEIGHT.search(data, 0, 4096)
    if width and height:
        yield int(width[1]), int(height[1])


def _radiance(data: bytes) -> Iterator[Size]:
    found = _RADIANCE_SIZE.search(data, 0, 65536)
    if found:
        yield int(found[2]), int(found[1])


def _sun_raster(data: bytes) -> Iterator[Size]:
    yield struct.unpack_from(">II", data, 4)


def _open_exr(data: bytes) -> Iterator[Size]:
    at = data.find(_EXR_WINDOW, 0, 65536)
    if at >= 0:
        left, top, right, bottom = struct.unpack_from("<4i", data, at + len(_EXR_WINDOW))
        yield max(right - left + 1, 0), max(bottom - top + 1, 0)


_READERS: dict[str, Callable[[bytes], Iterator[Size]]] = {
    "PNG": _png,
    "GIF": _gif,
    "JPEG": _jpeg,
    "JPEG 2000": _jpeg_2000,
    "BMP": _bmp,
    "PNM": _pnm,
    "Portable FloatMap": _pnm,
    "PAM": _pam,
    "Radiance HDR": _radiance,
    "Sun raster": _sun_raster,
    "OpenEXR": _open_exr,
    "WebP": _webp,
    "TIFF": _tiff,
    "HEIC": _iso,
    "AVIF": _iso,
}

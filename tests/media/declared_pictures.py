"""Small files of photos that declare pictures of any size."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np

_PIXELS = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)


def _encoded(suffix: str, *options: int) -> bytearray:
    ok, data = cv2.imencode(suffix, _PIXELS, options)
    assert ok, suffix
    return bytearray(data.tobytes())


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def gif(width: int, height: int) -> bytes:
    palette = bytes(range(6))
    picture = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + palette + picture + b";"


def jpeg(width: int, height: int) -> bytes:
    data = _encoded(".jpg")
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def jpeg_2000(width: int, height: int) -> bytes:
    data = _encoded(".jp2")
    struct.pack_into(">II", data, data.index(b"ihdr") + 4, height, width)
    at = data.index(b"\xff\x4f\xff\x51") + 8
    struct.pack_into(">II", data, at, width, height)
    struct.pack_into(">II", data, at + 16, width, height)  # one tile
    return bytes(data)


def bmp(width: int, height: int) -> bytes:
    data = _encoded(".bmp")
    struct.pack_into("<ii", data, 18, width, -height)  # from top to bottom
    return bytes(data)


def pnm(width: int, height: int) -> bytes:
    return b"P6 # a comment\n%d %d\n255\n" % (width, height) + bytes(30)


def webp(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<II", 10, 0)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    data = bytes(_encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 50))[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(body) + len(data)) + b"WEBP" + body + data


def webp_lossy(width: int, height: int) -> bytes:
    data = _encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 50)
    struct.pack_into("<HH", data, data.index(b"\x9d\x01\x2a") + 3, width, height)
    return bytes(data)


def webp_lossless(width: int, height: int) -> bytes:
    data = _encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 101)
    at = data.index(b"VP8L") + 9
    (bits,) = struct.unpack_from("<I", data, at)
    struct.pack_into("<I", data, at, bits & ~0xFFFFFFF | (width - 1) | (height - 1) << 14)
    return bytes(data)


def tiff(width: int, height: int) -> bytes:
    return _tiff({256: width, 257: height, 278: height})


def tiff_tile(width: int, height: int) -> bytes:
    """A picture of 64x64 px in a tile that declares the size."""
    return _tiff({278: 64, 273: 8, 279: 8}, {322: width, 323: height, 324: 8, 325: 8})


def _tiff(changes: dict[int, int], more: dict[int, int] | None = None) -> bytes:
    tags = {256: 64, 257: 64, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 64, 279: 4096}
    tags |= changes | (more or {})
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(4)


def heic(width: int, height: int) -> bytes:
    """Raises ImportError without the extra `heif`."""
    import pillow_heif
    from PIL import Image

    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(_PIXELS)).save(file)
    data = bytearray(file.getvalue())
    at = data.find(b"ispe")
    while at >= 0:
        struct.pack_into(">II", data, at + 8, width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def pam(width: int, height: int) -> bytes:
    return b"P7\nWIDTH %d\nHEIGHT %d\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" % (width, height)


def float_map(width: int, height: int) -> bytes:
    return b"PF\n%d %d\n-1.0\n" % (width, height)


def radiance(width: int, height: int) -> bytes:
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (height, width)


def sun_raster(width: int, height: int) -> bytes:
    return struct.pack(">8I", 0x59A66A95, width, height, 24, 0, 1, 0, 0)


PHOTOS: dict[str, Callable[[int, int], bytes]] = {
    **{"png": png, "gif": gif, "jpg": jpeg, "jp2": jpeg_2000, "bmp": bmp, "ppm": pnm, "tif": tiff},
    **{"webp": webp, "lossy.webp": webp_lossy, "lossless.webp": webp_lossless, "tile.tif": tiff_tile},
    "heic": heic,
}
"""End of a file's name -> a file of that format that declares (width, height) px."""

OTHERS: dict[str, Callable[[int, int], bytes]] = {
    **{"pam": pam, "pfm": float_map, "hdr": radiance, "ras": sun_raster},
}
"""The same for formats that no command reads, but OpenCV, and so nodes of MediaPipe's graphs."""

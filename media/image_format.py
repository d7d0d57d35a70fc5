"""Formats of photos: told by the first bytes of a file, and which names are those of photos."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from attention_mesh.limits import read_file

ReadFormat = Literal["JPEG", "PNG", "WebP", "TIFF", "BMP", "JPEG 2000", "PNM", "GIF", "HEIC", "AVIF"]
"""A format that this package reads."""

IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".webp", ".tif", ".tiff"),
    *(".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".gif", ".heic", ".heif", ".hif", ".avif"),
)
"""Suffixes of photos in formats that this package reads."""

WRITABLE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2", ".ppm")
"""Suffixes of pictures that this package writes."""

# Suffix -> the format of photos that this package does not read.
_UNREAD_SUFFIXES = {
    ".jxl": "JPEG XL",
    **dict.fromkeys((".psd", ".psb"), "Photoshop"),
    ".exr": "OpenEXR",
    **dict.fromkeys((".hdr", ".pic"), "Radiance HDR"),
    ".pfm": "Portable FloatMap",
    ".pam": "PAM",
    **dict.fromkeys((".jxr", ".wdp", ".hdp"), "JPEG XR"),
    **dict.fromkeys((".tga", ".icb", ".vda"), "Targa"),
    ".dds": "DirectDraw Surface",
    ".pcx": "PCX",
    **dict.fromkeys((".sgi", ".rgb", ".bw"), "SGI"),
    **dict.fromkeys((".ras", ".sr"), "Sun raster"),
    ".ico": "icon",
    ".icns": "icon",
    ".xcf": "GIMP",
    ".qoi": "QOI",
    **dict.fromkeys(
        (
            *(".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".orf", ".rw2", ".raf"),
            *(".pef", ".srw", ".raw", ".rwl", ".3fr", ".iiq", ".x3f", ".erf", ".mrw", ".kdc", ".dcr"),
        ),
        "camera raw",
    ),
}

# First bytes -> format.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"II\xbc", "JPEG XR"),
    (b"8BPS", "Photoshop"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"#?RGBE", "Radiance HDR"),
    (b"DDS ", "DirectDraw Surface"),
    (b"gimp xcf", "GIMP"),
    (b"qoif", "QOI"),
    (b"P7\n", "PAM"),
    (b"IIRO", "camera raw"),
    (b"IIRS", "camera raw"),
    (b"IIU\0", "camera raw"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"\x59\xa6\x6a\x95", "Sun raster"),
    (b"\x01\xda\x00", "SGI"),
    (b"\x01\xda\x01", "SGI"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_PNM = {b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"}
_FLOAT_MAPS = {b"PF", b"Pf"}
# Brand in the first box of a file of ISO base media format -> format. Films have other brands.
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    b"crx ": "camera raw",
}
_ANY_BRAND = (b"mif1", b"mif2", b"msf1")  # a further brand tells the codec
_APPLE_DOUBLE = b"\0\x05\x16\x07"
HEAD_BYTES = 128
"""So many bytes of a file tell its format."""


def is_image_path(path: str | os.PathLike[str]) -> bool:
    """Whether the name has a suffix of `IMAGE_SUFFIXES`."""
    return os.path.splitext(os.fspath(path))[1].lower() in IMAGE_SUFFIXES  # Path takes ten times as long


def image_format(data: bytes) -> str | None:
    """The format of a photo whose file begins with `data` (128 bytes or more); None if it looks like none."""
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return "camera raw" if name == "TIFF" and data[8:11] == b"CR\x02" else name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _of_brand(data)
    if data[:2] in _PNM and data[2:3].isspace():
        return "PNM"
    if data[:2] in _FLOAT_MAPS and data[2:3].isspace():
        return "Portable FloatMap"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return "BMP"
    return None


def _of_brand(data: bytes) -> str | None:
    end = min(int.from_bytes(data[:4], "big"), HEAD_BYTES)
    brands = [data[at : at + 4] for at in (8, *range(16, end, 4))]
    if brands[0] in _ANY_BRAND:
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "HEIC")
    return _BRANDS.get(brands[0])


def format_of_file(path: str | os.PathLike[str]) -> str | None:
    """The format of a photo, told by its first bytes, else by its suffix if that is of an unread format.

    None if it looks like no photo or cannot be opened.
    """
    return format_of_content(head_of_file(Path(path)), path)


def format_of_content(head: bytes, path: str | os.PathLike[str]) -> str | None:
    """As `format_of_file`, for a file whose first 128 bytes, or all, are known."""
    suffix = Path(path).suffix.lower()
    return image_format(head[:HEAD_BYTES]) or (_UNREAD_SUFFIXES.get(suffix) if head else None)


def is_read(name: str) -> bool:
    """Whether this package reads photos of a format."""
    return name in get_args(ReadFormat)


def photos_in(folder: Path) -> list[Path]:
    """What looks like a photo directly inside a folder, by its suffix or its first bytes. Raises OSError.

    That includes photos of formats that this package does not read. It excludes folders, and the "._" files
    that macOS writes beside photos on foreign disks.
    """
    return [entry for entry in folder.iterdir() if not entry.is_dir() and _looks_like_photo(entry)]


def _looks_like_photo(file: Path) -> bool:
    if file.name.startswith("._") and head_of_file(file).startswith(_APPLE_DOUBLE):
        return False
    suffix = file.suffix.lower()
    return (
        suffix in IMAGE_SUFFIXES or suffix in _UNREAD_SUFFIXES or image_format(head_of_file(file)) is not None
    )


def head_of_file(file: Path) -> bytes:
    """The first bytes of a regular file; empty for what cannot be read, or would have to be waited for."""
    try:
        if not file.is_file():
            return b""
        with file.open("rb") as opened:
            return opened.read(HEAD_BYTES)
    except OSError:
        return b""


def is_animated(path: str | os.PathLike[str]) -> bool:
    """Whether a file of a format of photos has more than one picture, and plays as a film."""
    file = Path(path)
    name = image_format(head_of_file(file))
    try:
        return name in _FRAME_COUNTERS and has_frames(name, read_file(file))
    except OSError:
        return False


def has_frames(name: str, data: bytes) -> bool:
    """Whether the whole content of a file of the format `name` has more than one picture that plays."""
    return name in _FRAME_COUNTERS and _FRAME_COUNTERS[name](data) > 1


def _png_frames(data: bytes) -> int:
    """The number of pictures in the chunk acTL, which precedes the pixels; 1 without it."""
    at = 8
    while at + 8 <= len(data):
        kind = data[at + 4 : at + 8]
        if kind == b"acTL":
            return int.from_bytes(data[at + 8 : at + 12], "big")
        if kind == b"IDAT":
            return 1
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return 1


def _webp_frames(data: bytes) -> int:
    if data[12:16] != b"VP8X" or len(data) < 21 or not data[20] & 2:  # the flag of animation
        return 1
    return max(1, sum(kind == b"ANMF" for kind, _ in webp_chunks(data)))


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the chunks of a WebP file: name and content."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def whole_pictures_of_gif(data: bytes) -> int:
    """How many pictures of a GIF are there from beginning to end; 2 stands for 2 or more."""

    def palette(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    def after_blocks(at: int) -> int:
        while at < len(data) and data[at]:
            at += 1 + data[at]
        return at + 1

    pictures, at = 0, 13 + (palette(data[10]) if len(data) > 10 else 0)
    while at + 10 < len(data) and pictures < 2:
        if data[at] == 0x21:  # an extension
            at = after_blocks(at + 2)
        elif data[at] == 0x2C:  # a picture
            at = after_blocks(at + 11 + palette(data[at + 9]))
            pictures += at <= len(data)
        else:
            break
    return pictures


def _sequence_frames(data: bytes) -> int:
    """The number of pictures of the longest track of a HEIC or AVIF, ISO/IEC 14496-12; 1 without a track."""

    def boxes(start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        while start + 8 <= end:
            size, head = int.from_bytes(data[start : start + 4], "big"), 8
            if size == 1:
                size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
            stop = min(end, start + size) if size else end
            yield data[start + 4 : start + 8], start + head, stop
            start = max(stop, start + head)

    def most(start: int, end: int) -> int:
        largest = 1
        for kind, begin, stop in boxes(start, end):
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                largest = max(largest, most(begin, stop))
            elif kind == b"stsz":
                largest = max(largest, int.from_bytes(data[begin + 8 : begin + 12], "big"))
        return largest

    return most(0, len(data))


_FRAME_COUNTERS = {
    "PNG": _png_frames,
    "WebP": _webp_frames,
    "GIF": whole_pictures_of_gif,
    "AVIF": _sequence_frames,
    "HEIC": _sequence_frames,
}

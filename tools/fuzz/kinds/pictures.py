"""Pictures: photos and films whose headers lie and whose bytes are changed, read as commands read them."""

from __future__ import annotations

import os
import random
import re
import struct
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.tools.fuzz.kind import FuzzKind

_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz")  # of this process
_MOST_PIXELS = 4_000_000  # of a picture while fuzzing, so that more memory is a header's doing
_MOST_BYTES = 1_000_000_000  # of memory for a case; FFmpeg's threads hold several pictures
_MOST_FRAMES = 8
_HEAD = 400  # bytes at the beginning in which headers lie
_SIDE = 48
_NUMBERS = (0, 1, 2, 255, 20_000, 32_767, 65_000, 65_535, 100_000, 1 << 24, (1 << 31) - 1, (1 << 32) - 1)
_FORMS = (">H", "<H", ">I", "<I", ">I", "<I")


@cache
def _pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (_SIDE, _SIDE, 3)).astype(np.uint8)


def _opencv(suffix: str, *options: int) -> Callable[[], bytes]:
    def make() -> bytes:
        ok, data = cv2.imencode(suffix, _pixels(), options)
        return data.tobytes() if ok else b""

    return make


def _film(suffix: str, codec: str, pixel_format: str) -> Callable[[], bytes]:
    def make() -> bytes:
        import av

        path = Path(_FOLDER.name) / f"made.{suffix}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=10)
            assert isinstance(stream, av.video.stream.VideoStream)
            stream.width, stream.height, stream.pix_fmt = _SIDE, _SIDE, pixel_format
            for shift in range(4):
                frame = av.VideoFrame.from_ndarray(np.roll(_pixels(), shift, axis=0), format="rgb24")
                container.mux(stream.encode(frame.reformat(format=pixel_format)))
            container.mux(stream.encode(None))
        return path.read_bytes()

    return make


def _animated_webp() -> bytes:
    picture = _opencv(".webp", cv2.IMWRITE_WEBP_QUALITY, 80)()[12:]
    side = (_SIDE - 1).to_bytes(3, "little")
    frame = bytes(6) + side + side + (100).to_bytes(3, "little") + b"\0" + picture
    chunks = b"VP8X" + struct.pack("<IB3x", 10, 2) + side + side + b"ANIM" + struct.pack("<I6x", 6)
    chunks += 2 * (b"ANMF" + struct.pack("<I", len(frame)) + frame + b"\0" * (len(frame) % 2))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _heic() -> bytes:
    import io

    try:
        import pillow_heif
        from PIL import Image
    except ImportError:  # the extra `heif`
        return b""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(_pixels())).save(file)
    return file.getvalue()


# End of the name → a small file of the kind; empty where an encoder is missing.
_FILES: dict[str, Callable[[], bytes]] = {
    **{f".{name}": _opencv(f".{name}") for name in ("png", "jpg", "jp2", "bmp", "ppm", "tiff")},
    ".lossless.webp": _opencv(".webp"),
    ".webp": _opencv(".webp", cv2.IMWRITE_WEBP_QUALITY, 80),
    ".packed.tiff": _opencv(".tiff", cv2.IMWRITE_TIFF_COMPRESSION, 5),
    ".animated.webp": _animated_webp,
    ".heic": _heic,
    ".gif": _film("gif", "gif", "rgb8"),
    ".apng": _film("apng", "apng", "rgb24"),
    ".avi": _film("avi", "mjpeg", "yuvj420p"),
    ".mp4": _film("mp4", "mpeg4", "yuv420p"),
    ".mkv": _film("mkv", "mpeg4", "yuv420p"),
}
_make_file = cache(lambda name: _FILES[name]())


def _make(numbers: random.Random) -> tuple[str, object]:
    name = numbers.choice(list(_FILES))
    content = _make_file(name)
    if not content:
        raise ValueError(f"no encoder for {name}")
    data = bytearray(content)
    way = numbers.random()
    if way < 0.4:
        data = _enlarged(numbers, content)
    for _ in range(numbers.choice((0, 1) if way < 0.4 else (1, 1, 2, 3))):
        _change(numbers, data, name)
    return name, (name, bytes(_with_checksums(data) if name.endswith("png") else data))


def _enlarged(numbers: random.Random, content: bytes) -> bytearray:
    """The file with another size wherever its own may be declared."""
    side = numbers.choice((2100, 10_000, 16_000, 30_000, 60_000, 1 << 24, (1 << 31) - 1))
    size = side, side if numbers.random() < 0.7 else numbers.choice((1, 48, 70_000))
    for form in (">HH", "<HH", ">II", "<II"):
        largest = 256 ** (struct.calcsize(form) // 2) - 1
        declared = struct.pack(form, *(min(number, largest) for number in size))
        content = content.replace(struct.pack(form, _SIDE, _SIDE), declared)
    three = b"".join((number % (1 << 24)).to_bytes(3, "little") for number in size)
    return bytearray(content.replace(2 * (_SIDE - 1).to_bytes(3, "little"), three))


def _change(numbers: random.Random, data: bytearray, name: str) -> None:
    way = numbers.randrange(6)
    reach = min(len(data), _HEAD if numbers.random() < 0.8 else len(data))
    if way <= 2 and name == ".ppm":
        found = list(re.finditer(rb"\d+", data[:20]))
        if found:
            number = numbers.choice(found)
            data[number.start() : number.end()] = str(numbers.choice(_NUMBERS)).encode()
    elif way <= 2:
        form = numbers.choice(_FORMS)
        size = struct.calcsize(form)
        if reach > size:
            struct.pack_into(
                form, data, numbers.randrange(reach - size), numbers.choice(_NUMBERS) % 256**size
            )
    elif way == 3 and reach > 1:
        data[numbers.randrange(reach)] ^= 1 << numbers.randrange(8)
    elif way == 4:
        del data[numbers.randrange(1, len(data) + 1) :]
    elif data:
        place = numbers.randrange(reach)
        data[place:place] = numbers.randbytes(numbers.choice((1, 8, 64)))


def _with_checksums(data: bytearray) -> bytearray:
    """A PNG whose chunks have the checksums of what they hold now, so that readers believe them."""
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return data


def _read(case: object, stage: Callable[[str], None]) -> bool:
    """Opens the file, reads some of its pictures, and compares the memory that this took with the limit."""
    from attention_mesh.limits import MAX_PIXELS_VARIABLE, max_pixels
    from attention_mesh.media.errors import MediaError
    from attention_mesh.media.open_source import open_source

    assert isinstance(case, tuple)
    name, content = case
    os.environ[MAX_PIXELS_VARIABLE] = str(_MOST_PIXELS)
    max_pixels.cache_clear()
    path = Path(_FOLDER.name) / f"case{name}"
    path.write_bytes(content)
    before = _forget_peak()
    try:
        with open_source(str(path)) as source:
            frames = [frame for frame, _ in zip(source, range(_MOST_FRAMES), strict=False)]
            if source.failures:
                raise MediaError(source.failures[0])
    finally:
        if _peak_bytes() - before > _MOST_BYTES:
            raise MemoryError(f"{(_peak_bytes() - before) // 1_000_000} MB")
    return bool(frames)


def _forget_peak() -> int:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # not Linux: then the limit of the process is the only one
        pass
    return _peak_bytes()


def _peak_bytes() -> int:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) * 1024 if found else 0


KIND = FuzzKind("pictures", _make, _read)

"""Reads and writes image files."""

from __future__ import annotations

import os
import re
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.limits import LimitError, read_file
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import write_whole
from attention_mesh.media.heif_image import decode_heif
from attention_mesh.media.image_decoders import (
    COLOR,
    WHITE_16,
    bgr_to_rgb8,
    decode_with_ffmpeg,
    decode_with_opencv,
    to_8_bits,
)
from attention_mesh.media.image_format import (
    IMAGE_SUFFIXES,
    WRITABLE_SUFFIXES,
    format_of_content,
    has_frames,
    is_image_path,
    is_read,
    webp_chunks,
    whole_pictures_of_gif,
)
from attention_mesh.media.orientation import exif_orientation, upright
from attention_mesh.media.picture_size import check_declared_size
from attention_mesh.media.tiff_image import decode_tiff

__all__ = ["IMAGE_SUFFIXES", "WRITABLE_SUFFIXES", "is_image_path", "read_image", "write_image"]

_JPEG_END = b"\xff\xd9"
_JPEG_MARKER = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")  # neither a byte of pixels nor a restart
_PNM_NUMBER = re.compile(rb"(?:\s|#[^\n]*\n)+(\d+)")


def read_image(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads an image file as (H, W, 3) uint8 RGB, turned upright by its EXIF orientation.

    The first bytes of the file decide its format, whatever its name says. Gray, palettes and CMYK become RGB,
    and an alpha channel is dropped. 16 bits per channel are scaled to 8, so that 65535 becomes 255; raw 10 or
    12 bits of a camera in a 16-bit file become dark. Of a TIFF file, the first page is read.

    Raises MediaError if the file is missing, empty, cut off or no regular file, or if its format or its kind
    of channels cannot be read; the text names it. A picture that declares more pixels than
    `limits.max_pixels`, which is read before anything is decoded, is refused; so is one with several frames,
    because it is a film. Raises LimitError if the limit is no number in its range.
    """
    path = Path(path)
    try:
        content = read_file(path)  # cv2.imread hides the reason, and takes no Unicode on Windows
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}.") from error
    return image_of_content(content, str(path))


def image_of_content(content: bytes, path: str) -> np.ndarray:
    """The image in the content of a file, as `read_image` gives it; messages call it `path`."""
    if not content:
        raise MediaError(f"{path}: the file is empty (0 bytes).")
    name = format_of_content(content, path)
    if name is None:
        raise MediaError(f"{path}: this is no image; it is damaged or of an unknown format.")
    if not is_read(name):
        raise MediaError(f"{path}: photos in the format {name} cannot be read; convert it to PNG or JPEG.")
    if has_frames(name, content):
        raise MediaError(
            f"{path}: this {name} has several frames, so it is a film; give it as an input itself."
        )
    try:
        check_declared_size(content, name)
        return _decode(np.frombuffer(content, np.uint8), name)
    except LimitError:  # the limit itself is wrong, and not the photo
        raise
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from error
    except ImportError as error:
        raise MediaError(f"{path}: {error}.") from error
    except cv2.error as error:
        raise MediaError(f"{path}: OpenCV cannot decode this {name} ({error.err}).") from error
    except MemoryError as error:
        raise MediaError(f"{path}: there is not enough memory for this {name}.") from error
    except (OSError, ValueError, RuntimeError, EOFError, SyntaxError) as error:
        raise MediaError(f"{path}: this {name} is damaged or cut off ({str(error).strip()}).") from error


def _decode(data: np.ndarray, name: str) -> np.ndarray:
    """Decodes the content of a file, (bytes,) uint8, as (H, W, 3) uint8 RGB."""
    if name in ("HEIC", "AVIF"):
        return decode_heif(data.tobytes(), name)
    if name == "TIFF":
        return decode_tiff(data)
    if name == "GIF":
        if whole_pictures_of_gif(data.tobytes()) == 0:
            raise MediaError("this GIF is cut off.")
        return to_8_bits(decode_with_ffmpeg(data))
    if name == "JPEG" and _is_cut_off(data):  # OpenCV before 4.12 shows what was in memory before
        raise MediaError("this JPEG is cut off.")
    if name == "WebP":  # OpenCV turns it only since 5.0
        exif = next((content for kind, content in webp_chunks(data.tobytes()) if kind == b"EXIF"), b"")
        image = bgr_to_rgb8(decode_with_opencv(data, name, COLOR | cv2.IMREAD_IGNORE_ORIENTATION))
        return upright(image, exif_orientation(exif))
    return bgr_to_rgb8(decode_with_opencv(data, name), _white(data, name))


def _white(data: np.ndarray, name: str) -> int:
    """The value of white in a format that permits any number of bits, where OpenCV does not scale."""
    head = data[:4096].tobytes()
    if name == "PNM" and head[1:2] in b"2356":
        numbers = list(_PNM_NUMBER.finditer(head, 2))[:3]
        if len(numbers) == 3 and int(numbers[2][1]) > 255:
            return int(numbers[2][1])
    if name == "JPEG 2000" and (at := head.find(b"\xff\x4f\xff\x51")) >= 0:
        bits = (head[at + 42] & 0x7F) + 1  # of the first channel, in the marker SIZ
        if bits > 8:
            return (1 << bits) - 1
    return WHITE_16


def _is_cut_off(data: np.ndarray) -> bool:
    """Whether a JPEG lacks its end. Other data may follow the end, such as the film of a moving photo."""
    if data[-64:].tobytes().rstrip(b"\0").endswith(_JPEG_END):
        return False
    content, at = data.tobytes(), 2
    while (marker := _JPEG_MARKER.search(content, at)) is not None:
        if marker[0] == _JPEG_END:
            return False
        at = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2], "big")
    return True


def write_image(path: str | os.PathLike[str], image: np.ndarray) -> None:
    """Writes (H, W, 3) uint8 RGB to a file; the suffix chooses the format.

    The file is either written whole or stays as it was. A file that can be written but not replaced, such as
    a single mounted file, is written in place.

    Raises MediaError when it cannot be written.
    """
    path = Path(path)
    try:
        ok, data = cv2.imencode(path.suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    except cv2.error as error:
        raise MediaError(f"{path}: OpenCV cannot encode the image ({error.err}).") from error
    if not ok:
        raise MediaError(f"{path}: OpenCV cannot encode the image.")
    try:
        write_whole(path, data.tobytes(), or_in_place=True)
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}.") from error

"""Reads and writes image files."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import write_whole

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2", ".ppm", ".pgm")
WRITABLE_SUFFIXES = tuple(suffix for suffix in IMAGE_SUFFIXES if suffix != ".pgm")  # which holds only gray


def is_image_path(path: str | os.PathLike[str]) -> bool:
    """Whether the name has a suffix of `IMAGE_SUFFIXES`."""
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def read_image(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads an image file as (H, W, 3) uint8 RGB, turned upright by its EXIF orientation.

    Gray becomes RGB, and an alpha channel is dropped. 16 bits per channel are scaled to 8 (value / 257, so
    that 65535 is white); raw 10 or 12 bits of a camera in a 16-bit file become dark.

    Raises MediaError if the file is missing, empty or no regular file, if OpenCV cannot decode it, or if it
    has another depth.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would hang until somebody writes to it
            raise MediaError(f"{path}: this is no regular file.")
        data = np.fromfile(path, np.uint8)  # cv2.imread hides the reason, and takes no Unicode on Windows
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}.") from error
    if data.size == 0:
        raise MediaError(f"{path}: the file is empty (0 bytes).")
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)  # IMREAD_COLOR_RGB needs 4.11
    except cv2.error as error:
        raise MediaError(f"{path}: OpenCV cannot decode this image ({error.err}).") from error
    if image is None or image.size == 0:
        raise MediaError(
            f"{path}: this is no image OpenCV can decode; it is damaged or of an unknown format."
        )
    if image.dtype == np.uint16:
        image = cv2.convertScaleAbs(image, alpha=1 / 257)
    if image.dtype != np.uint8:
        raise MediaError(f"{path}: the image has {image.dtype} channels; expected 8 or 16 bit.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


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

"""HEIC and AVIF photos, as phones write them; needs the extra `heif`."""

from __future__ import annotations

import io
import os
from typing import BinaryIO

import numpy as np

from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.media.errors import MediaError


def decode_heif(data: bytes, name: str) -> np.ndarray:
    """Decodes the main picture of a HEIC or AVIF file, upright, as (H, W, 3) uint8 RGB.

    A picture that consists of tiles is joined. 10 and 12 bits become 8, and an alpha channel is dropped. The
    orientation is that of the picture's own properties, which win over EXIF by the standard.

    Args:
      data: the content of the file.
      name: "HEIC" or "AVIF".

    Raises:
      ImportError: a package is missing; the text names the extra.
      MediaError: Pillow refuses so large a picture.
      OSError, ValueError, RuntimeError, EOFError, SyntaxError: the file is damaged.
    """
    _register(name)
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=["HEIF" if name == "HEIC" else "AVIF"]) as image:
            return np.array(ImageOps.exif_transpose(image).convert("RGB"))
    except Image.DecompressionBombError as error:
        raise MediaError(f"Pillow refuses this {name}: {error}") from error


def heif_pictures(file: str | os.PathLike[str] | BinaryIO) -> int:
    """How many pictures a HEIC file holds, such as those of a burst; smaller versions do not count.

    Raises:
      ImportError, OSError, ValueError, RuntimeError, EOFError, SyntaxError: as `decode_heif`.
    """
    _register("HEIC")
    from PIL import Image

    with Image.open(file, formats=["HEIF"]) as image:
        return int(getattr(image, "n_frames", 1))


def _register(name: str) -> None:
    """Lets Pillow open a format. Raises ImportError."""
    try:
        from PIL import features

        if name == "HEIC":
            import pillow_heif

            pillow_heif.register_heif_opener(thumbnails=False)
        elif not features.check("avif"):
            raise ImportError("this Pillow has no AVIF")
    except ImportError as error:
        raise MissingExtraError(
            f"{name} needs the packages pillow-heif and pillow: {install_command('heif')}"
        ) from error

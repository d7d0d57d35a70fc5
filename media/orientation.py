"""The orientation of photos: how EXIF counts it, and turning a picture upright."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.media.tiff_header import tiff_pages

# Value of the tag Orientation -> (rows and columns are exchanged, then flipped as cv2.flip says).
_TURNS: dict[int, tuple[bool, int | None]] = {
    2: (False, 1),
    3: (False, -1),
    4: (False, 0),
    5: (True, None),
    6: (True, 1),
    7: (True, -1),
    8: (True, 0),
}


def upright(image: np.ndarray, orientation: int) -> np.ndarray:
    """Turns and mirrors a picture, (H, W) or (H, W, C), so that it is upright.

    `orientation`: value of the EXIF tag; values other than 2 to 8 change nothing.
    """
    exchanged, flip = _TURNS.get(orientation, (False, None))
    if exchanged:
        image = cv2.transpose(image)
    return image if flip is None else cv2.flip(image, flip)


def exif_orientation(exif: bytes) -> int:
    """The orientation in EXIF data, with or without their leading "Exif"; 1 if they have none."""
    pages = tiff_pages(exif.removeprefix(b"Exif\0\0"))
    return pages[0].orientation if pages else 1

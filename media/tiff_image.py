"""TIFF photos: what OpenCV reads right, what needs help, and what is refused by its kind."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_decoders import (
    WHITE_16,
    bgr_to_rgb8,
    decode_with_opencv,
    to_8_bits,
)
from attention_mesh.media.orientation import upright
from attention_mesh.media.tiff_header import TiffPage, tiff_pages
from attention_mesh.media.tiff_planes import tiff_planes

# PhotometricInterpretation -> (what the channels are, the bits per channel that are read)
_CHANNELS = {
    0: ("gray", (1, 8, 10, 12, 14, 16)),
    1: ("gray", (1, 8, 10, 12, 14, 16)),
    2: ("RGB", (8, 16)),
    3: ("palette", (1, 2, 4, 8)),
    4: ("mask", ()),
    5: ("CMYK", (8,)),
    6: ("YCbCr", (8,)),
    8: ("CIELab", ()),
    9: ("ICCLab", ()),
    10: ("ITULab", ()),
    32803: ("color filter array", ()),
    32844: ("LogL", ()),
    32845: ("LogLuv", ()),
    34892: ("linear raw", ()),
}
_WHITE_IS_ZERO, _RGB = 0, 2
_PREMULTIPLIED = 1


def decode_tiff(data: np.ndarray) -> np.ndarray:
    """Decodes the first page of a TIFF file, (bytes,) uint8, as upright (H, W, 3) uint8 RGB.

    An alpha channel is dropped.

    Raises:
      MediaError: it is damaged, or its channels are of a kind that nothing reads right; the text names it.
      cv2.error, OSError, ValueError: it is damaged.
    """
    pages = tiff_pages(data.data)
    if not pages:
        raise MediaError("this TIFF is damaged or cut off.")
    page = pages[0]
    kind = _kind(page)
    if page.is_planar and page.bits == 16:  # of which OpenCV gives the first channel and what was in memory
        return upright(to_8_bits(_decode_planes(data, page, kind)), page.orientation)
    if page.photometric == _RGB and page.channels == 4 and page.alpha:
        return _decode_with_alpha(data, page)
    image = decode_with_opencv(data, f"TIFF of {kind} (compression {page.compression})")
    if page.photometric == _WHITE_IS_ZERO and image.dtype == np.uint16:  # OpenCV inverts 8 bits only
        image = WHITE_16 - image
    return bgr_to_rgb8(image)


def _kind(page: TiffPage) -> str:
    """What the channels of a page are, such as "16-bit RGB". Raises MediaError if it is a kind not read."""
    if page.is_camera_raw:
        raise MediaError("this is a camera's raw file, which cannot be read; convert it to PNG or JPEG.")
    name, readable = _CHANNELS.get(page.photometric, (f"unknown channels ({page.photometric})", ()))
    form = {2: " signed", 3: " floating-point"}.get(page.sample_format, "")
    kind = f"{page.bits}-bit{form} {name}"
    if form or page.bits not in readable:
        raise MediaError(f"a TIFF of {kind} cannot be read; store it as 8-bit or 16-bit RGB.")
    if page.channels > 4:
        raise MediaError(f"a TIFF of {page.channels} channels cannot be read; store it as RGB.")
    return kind


def _decode_planes(data: np.ndarray, page: TiffPage, kind: str) -> np.ndarray:
    """Decodes 16-bit gray or RGB whose channels lie apart, (H, W, 3) uint16 RGB; drops an alpha channel."""
    colors = 3 if page.photometric == _RGB else 1
    is_multiplied = page.alpha == _PREMULTIPLIED and page.channels > colors
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH
    planes = [
        decode_with_opencv(plane, f"TIFF of {kind} (compression {page.compression})", flags)
        for plane in tiff_planes(data, colors + is_multiplied)
    ]
    image = np.dstack(planes[:colors] if colors == 3 else [planes[0]] * 3)
    if is_multiplied:
        image = _divided_by_alpha(image, planes[-1][..., None])
    return WHITE_16 - image if page.photometric == _WHITE_IS_ZERO else image


def _decode_with_alpha(data: np.ndarray, page: TiffPage) -> np.ndarray:
    """Decodes RGBA and drops the alpha channel, by which the colors may be multiplied.

    OpenCV multiplies 8-bit colors by it, and leaves 16-bit colors as the file has them.
    """
    image = decode_with_opencv(data, "TIFF of RGBA", cv2.IMREAD_UNCHANGED)
    if image.ndim == 3 and image.shape[2] == 4 and (page.bits == 8 or page.alpha == _PREMULTIPLIED):
        image = _divided_by_alpha(image[..., :3], image[..., 3:])
    return bgr_to_rgb8(np.ascontiguousarray(image[..., :3]))


def _divided_by_alpha(color: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Colors (H, W, 3) without the alpha, (H, W, 1) of the same type, by which they are multiplied."""
    largest = np.iinfo(color.dtype).max
    factor = largest / np.maximum(alpha, 1).astype(np.float32)
    return np.minimum(color * factor + 0.5, largest).astype(color.dtype)

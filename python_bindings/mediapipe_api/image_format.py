"""How an image's pixels are laid out."""

from __future__ import annotations

import enum

import numpy as np


class ImageFormat(enum.IntEnum):
    """Layouts of pixels, with MediaPipe's numbers. An array of that layout has this dtype and shape:

    GRAY8 uint8 (H, W) · SRGB uint8 (H, W, 3) · SRGBA uint8 (H, W, 4) · SBGRA uint8 (H, W, 4), which no
    image can be made of · GRAY16 uint16 (H, W) · SRGB48 uint16 (H, W, 3) · SRGBA64 uint16 (H, W, 4) ·
    VEC32F1 float32 (H, W) · VEC32F2 float32 (H, W, 2).
    """

    SRGB = 1
    SRGBA = 2
    SBGRA = 11
    GRAY8 = 3
    GRAY16 = 4
    SRGB48 = 7
    SRGBA64 = 8
    VEC32F1 = 9
    VEC32F2 = 12

    __str__ = enum.Enum.__str__

    @property
    def channels(self) -> int:
        return _CHANNELS[self]

    @property
    def dtype(self) -> np.dtype:
        """Of one channel."""
        return next(dtype for dtype, formats in _FORMATS.items() if self in formats)

    @staticmethod
    def of_array(pixels: np.ndarray) -> ImageFormat:
        """The layout that an array of this dtype and shape has; four channels of uint8 are SRGBA.

        Raises ValueError where it has none.
        """
        channels = 1 if pixels.ndim == 2 else pixels.shape[-1] if pixels.ndim == 3 else 0
        for image_format in _FORMATS.get(pixels.dtype, ()):
            if _CHANNELS[image_format] == channels:
                return image_format
        raise ValueError(
            f"an array of shape {pixels.shape} and dtype {pixels.dtype} is no image: expected (H, W) or "
            "(H, W, C), uint8 or uint16 with 1, 3 or 4 channels, or float32 with 1 or 2"
        )

    @staticmethod
    def of_dtype(dtype: np.dtype) -> tuple[ImageFormat, ...]:
        """The layouts that an image with channels of this dtype may be made in; none for other dtypes."""
        return tuple(found for found in _FORMATS.get(dtype, ()) if found is not ImageFormat.SBGRA)


_FORMATS: dict[np.dtype, tuple[ImageFormat, ...]] = {
    np.dtype(np.uint8): (ImageFormat.GRAY8, ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.SBGRA),
    np.dtype(np.uint16): (ImageFormat.GRAY16, ImageFormat.SRGB48, ImageFormat.SRGBA64),
    np.dtype(np.float32): (ImageFormat.VEC32F1, ImageFormat.VEC32F2),
}
_CHANNELS = {
    ImageFormat.GRAY8: 1,
    ImageFormat.SRGB: 3,
    ImageFormat.SRGBA: 4,
    ImageFormat.SBGRA: 4,
    ImageFormat.GRAY16: 1,
    ImageFormat.SRGB48: 3,
    ImageFormat.SRGBA64: 4,
    ImageFormat.VEC32F1: 1,
    ImageFormat.VEC32F2: 2,
}

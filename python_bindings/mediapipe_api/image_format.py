"""ImageFormat: the layouts of an image's pixels."""

from __future__ import annotations

import enum

import numpy as np


class ImageFormat(enum.IntEnum):
    """Layouts of pixels, with MediaPipe's numbers.

    Attributes:
      GRAY8: (H, W) uint8.
      SRGB: (H, W, 3) uint8.
      SRGBA: (H, W, 4) uint8.
      SBGRA: (H, W, 4) uint8; no image has it.
      GRAY16: (H, W) uint16.
      SRGB48: (H, W, 3) uint16.
      SRGBA64: (H, W, 4) uint16.
      VEC32F1: (H, W) float32.
      VEC32F2: (H, W, 2) float32.
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
        """The dtype of one channel."""
        return next(dtype for dtype, formats in _FORMATS.items() if self in formats)

    @staticmethod
    def of_array(pixels: np.ndarray) -> ImageFormat:
        """Returns the layout of an array; four channels of uint8 are SRGBA.

        Raises:
          ValueError: no layout has this dtype and shape.
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
        """Returns the layouts of images with channels of this dtype; none for other dtypes."""
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

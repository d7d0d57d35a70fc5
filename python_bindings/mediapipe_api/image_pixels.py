"""ImagePixels: the base of `Image` and `ImageFrame`, with pixels that nobody writes to."""

from __future__ import annotations

import operator
from typing import Any, TypeVar

import numpy as np

from attention_mesh.geometry.image_hints import object_hint, shape_hint
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

_ROW_ALIGNMENT = 4
"""Bytes. The rows of a copied image start at multiples of it, as MediaPipe's do."""

_Self = TypeVar("_Self", bound="ImagePixels")


class ImagePixels:
    """An immutable image on the CPU. `numpy.asarray(image)` is `image.numpy_view()`.

    Args:
      image_format: layout of the pixels.
      data: (H, W) or (H, W, C) array of that layout, in any memory order; the image copies it.

    Raises:
      TypeError: the data is no array, or no format has its dtype.
      RuntimeError: the format is for another dtype.
      ValueError: the format is for another number of channels.
    """

    def __init__(self, image_format: ImageFormat, data: np.ndarray):
        shape = _checked_shape(image_format, data)
        row_bytes = shape[1] * image_format.channels * data.itemsize
        step = -(-row_bytes // _ROW_ALIGNMENT) * _ROW_ALIGNMENT
        strides = (step, image_format.channels * data.itemsize, data.itemsize)[: len(shape)]
        pixels = np.ndarray(shape, data.dtype, np.zeros(shape[0] * step, np.uint8), 0, strides)
        pixels[...] = data.reshape(shape)
        self._own(image_format, pixels)

    @classmethod
    def _of(cls: type[_Self], pixels: np.ndarray, image_format: ImageFormat | None = None) -> _Self:
        """Makes an image that shares the memory of `pixels`, which must be contiguous and must not change."""
        image_format = ImageFormat.of_array(pixels) if image_format is None else image_format
        shape = _checked_shape(image_format, pixels)
        if pixels.shape != shape or pixels.flags.writeable:
            pixels = pixels.reshape(shape).view()
            pixels.flags.writeable = False
        image = cls.__new__(cls)
        image._own(image_format, pixels)
        return image

    def _own(self, image_format: ImageFormat, pixels: np.ndarray) -> None:
        self._format = image_format
        self._pixels = pixels
        self._packed: np.ndarray | None = None

    @property
    def width(self) -> int:
        return self._pixels.shape[1]

    @property
    def height(self) -> int:
        return self._pixels.shape[0]

    @property
    def channels(self) -> int:
        return self._format.channels

    @property
    def image_format(self) -> ImageFormat:
        return self._format

    def is_empty(self) -> bool:
        """Whether it has no pixels."""
        return self._pixels.size == 0

    def is_contiguous(self) -> bool:
        """Whether its rows have no padding between them. If they do, then `numpy_view` copies them, once."""
        return self._pixels.flags.c_contiguous

    def is_aligned(self, alignment_boundary: int) -> bool:
        """Whether every row starts at a multiple of `alignment_boundary` bytes, a power of 2."""
        if alignment_boundary < 1 or alignment_boundary & (alignment_boundary - 1):
            raise ValueError(f"an alignment is a power of 2, not {alignment_boundary}")
        return (self._pixels.ctypes.data | self._pixels.strides[0]) % alignment_boundary == 0

    def numpy_view(self) -> np.ndarray:
        """Returns the pixels, (H, W) for one channel, else (H, W, C); contiguous and read-only.

        The array shares the image's memory and keeps it alive. If `is_contiguous` is False, then it is a
        copy, the same one for each call.
        """
        if self.is_contiguous():
            return np.asarray(self)
        if self._packed is None:
            self._packed = np.ascontiguousarray(self._pixels)
            self._packed.flags.writeable = False
        return self._packed

    @property
    def __array_interface__(self) -> dict[str, Any]:
        interface = dict(self._pixels.__array_interface__)
        interface["data"] = (interface["data"][0], True)  # read-only
        return interface

    def __getitem__(self, place: tuple[int, ...]) -> int | float:
        """Returns the value at (row, column), or (row, column, channel) if there are several channels.

        Raises:
          TypeError: the place is no sequence of ints.
          IndexError: it has another length, or lies outside.
        """
        try:
            indices = tuple(operator.index(index) for index in place)
        except TypeError:
            raise TypeError(
                f"a pixel's place is (row, column) or (row, column, channel), not {place!r}; "
                "numpy_view() can be sliced"
            ) from None
        dimensions = self._pixels.ndim
        if len(indices) > dimensions:
            raise IndexError(f"index dimension mismatch: {len(indices)} (ndim = {dimensions})")
        if len(indices) < dimensions:
            raise IndexError(f"Invalid index dimension: {len(indices)}; this image has {dimensions}")
        return self._pixels[indices].item()


def _checked_shape(image_format: ImageFormat, data: np.ndarray) -> tuple[int, ...]:
    """Returns (H, W) for one channel, else (H, W, C). Raises an error if the array has another format."""
    if not isinstance(image_format, ImageFormat):
        raise TypeError(f"image_format is an ImageFormat, e.g. ImageFormat.SRGB, not {image_format!r}")
    if not isinstance(data, np.ndarray):
        raise TypeError(f"data is a numpy array, not {type(data).__name__}. {object_hint(data)}".rstrip(". "))
    formats = ImageFormat.of_dtype(data.dtype)
    if not formats:
        raise TypeError(f"data has dtype {data.dtype}; an image has uint8, uint16 or float32")
    if image_format not in formats:
        names = ", ".join(known.name for known in formats)
        raise RuntimeError(
            f"{data.dtype} image data should be one of the MediaPipe image formats {names}, "
            f"not {image_format.name}"
        )
    channels = 1 if data.ndim == 2 else data.shape[-1]
    if data.ndim not in (2, 3) or channels != image_format.channels:
        wanted = "(H, W)" if image_format.channels == 1 else f"(H, W, {image_format.channels})"
        hint = f". {shape_hint(data)}" if image_format is ImageFormat.SRGB else ""
        raise ValueError(f"data has shape {data.shape}, but {image_format.name} is {wanted}{hint}")
    return data.shape[:2] if channels == 1 else data.shape

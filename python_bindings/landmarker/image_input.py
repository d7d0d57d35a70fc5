"""Normalises the images users hand over: the one place that says what an image is."""

from __future__ import annotations

from typing import Any

import numpy as np

_UINT8 = np.dtype(np.uint8)


def rgb_array(image: Any) -> np.ndarray:
    """Returns a user's image as an array the graphs take.

    `image`: an ndarray, or an object with `numpy_view()` as MediaPipe's Image has.
    Returns (H, W, 3) uint8 RGB, C-contiguous; the user's own memory where it is so already, a copy else.

    Raises TypeError when it is no image at all, ValueError for one of another kind: grey, with alpha,
    deeper than eight bits, or without pixels. Nothing is converted silently, because a guess here (grey?
    BGRA? 16 bit of 10 used?) costs accuracy without anybody noticing.
    """
    if not isinstance(image, np.ndarray) and hasattr(image, "numpy_view"):
        image = image.numpy_view()
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"The image is a {type(image).__name__}; expected a numpy array (H, W, 3) uint8 RGB, "
            "or an object with numpy_view()."
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"The image has shape {image.shape}; expected (H, W, 3) RGB.{_shape_hint(image)}")
    if image.dtype != _UINT8:
        raise ValueError(
            f"The image has dtype {image.dtype}; expected uint8, 0…255 a channel.{_dtype_hint(image.dtype)}"
        )
    if image.size == 0:
        raise ValueError(f"The image has shape {image.shape}, that is no pixels at all.")
    return np.ascontiguousarray(image)


def _shape_hint(image: np.ndarray) -> str:
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 1):
        return " A grey image becomes RGB with cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)."
    if image.ndim == 3 and image.shape[2] == 4:
        return " Drop the alpha channel with image[..., :3]."
    return ""


def _dtype_hint(dtype: np.dtype) -> str:
    if dtype == np.uint16:
        return " A full-range 16-bit image becomes 8-bit with (image >> 8).astype(numpy.uint8)."
    if dtype.kind == "f":
        return " An image in [0, 1] becomes 8-bit with (image * 255).round().astype(numpy.uint8)."
    return ""

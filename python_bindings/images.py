"""Images of callers: what the landmarker and the solutions accept as an image, and how they refuse the rest.

Both take (H, W, 3) uint8 RGB of any memory layout and convert nothing silently: a guess (is it gray? BGRA? 10
of 16 bits?) would cost accuracy without anybody noticing. They differ where MediaPipe's solutions have a
behavior of their own that programs may rely on:

================  ==============================  ===========================================
image             `rgb_array` (FaceLandmarker)    `rgb_frame` (solutions)
================  ==============================  ===========================================
`numpy_view()`    its array is taken, without     TypeError
                  alpha if its format is SRGBA
bool              ValueError                      0 and 1
other dtype       ValueError, with a way out      TypeError, in NumPy's words for a wrong cast
other shape       ValueError, with a way out      ValueError, in MediaPipe's words
================  ==============================  ===========================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

from attention_mesh.geometry.image_hints import dtype_hint, object_hint, shape_hint
from attention_mesh.limits import size_problem
from attention_mesh.python_bindings.errors import InputError

_UINT8 = np.dtype(np.uint8)


def rgb_array(image: Any) -> np.ndarray:
    """Returns a caller's image as the landmarker's graphs take it.

    Args:
      image: (H, W, 3) array of uint8 RGB, or an object with `numpy_view()`, as MediaPipe's Image has. Of an
        Image of the format SRGBA the alpha channel is left out.

    Returns:
      (H, W, 3) uint8 RGB, C-contiguous: the caller's own memory if it is so already, else a copy.

    Raises:
      TypeError: it is no image at all.
      ValueError: it is gray, has an alpha channel, is deeper than eight bits, has no pixels, or more than
        `limits.max_pixels`.
    """
    if not isinstance(image, np.ndarray) and hasattr(image, "numpy_view"):
        has_alpha = getattr(getattr(image, "image_format", None), "name", None) == "SRGBA"
        image = image.numpy_view()[..., :3] if has_alpha else image.numpy_view()
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"The image is a {type(image).__name__}; expected a numpy array (H, W, 3) uint8 RGB, "
            f"or an object with numpy_view().{_spaced(object_hint(image))}"
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise InputError(
            f"The image has shape {image.shape}; expected (H, W, 3) RGB.{_spaced(shape_hint(image))}"
        )
    if image.dtype != _UINT8:
        raise InputError(
            f"The image has dtype {image.dtype}; expected uint8, 0 to 255 per channel."
            f"{_spaced(dtype_hint(image))}"
        )
    if image.size == 0:
        raise InputError(f"The image has no pixels: its shape is {image.shape}.")
    _expect_size(image.shape)
    return np.ascontiguousarray(image)


def rgb_frame(image: Any) -> np.ndarray:
    """Returns a caller's image as the solutions' graphs take it.

    Args:
      image: (H, W, 3) array of uint8 or bool, RGB.

    Returns:
      (H, W, 3) uint8 RGB, C-contiguous: the caller's own memory if it is so already, else a copy.

    Raises:
      ValueError: it has another shape, no pixels, or more than `limits.max_pixels`.
      TypeError: it is no array, or its values do not fit into uint8.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"The image is a {type(image).__name__}, not a numpy array (H, W, 3) of uint8 RGB."
            + (" Give its numpy_view()." if hasattr(image, "numpy_view") else _spaced(object_hint(image)))
        )
    expect_three_channels(image.shape, "rgb", shape_hint(image))
    if not image.size:
        raise InputError(f"Input image has no pixels: its shape is {image.shape}.")
    _expect_size(image.shape)
    if image.dtype != _UINT8 and image.dtype != bool:
        raise TypeError(
            f"Cannot cast array data from {image.dtype!r} to {_UINT8!r}: give values from 0 to 255 as uint8."
            f"{_spaced(dtype_hint(image))}"
        )
    return np.ascontiguousarray(image, np.uint8)


def expect_drawable(image: Any) -> None:
    """Raises an error for what drawing functions cannot draw into: anything but a (H, W, 3) array.

    Raises:
      TypeError: it is no array.
      ValueError: it has another shape, or more pixels than `limits.max_pixels`.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"The image is a {type(image).__name__}, not a numpy array (H, W, 3) of uint8 BGR."
            + (" Give a copy, numpy_view().copy()." if hasattr(image, "numpy_view") else "")
            + (" Was the file read?" if image is None else "")
        )
    expect_three_channels(image.shape, "bgr")
    _expect_size(image.shape)


def _expect_size(shape: tuple[int, ...]) -> None:
    if problem := size_problem(shape[1], shape[0]):
        raise InputError(f"The image is too large: {problem}.")


def expect_three_channels(shape: tuple[int, ...], order: str, hint: str = "") -> None:
    """Raises ValueError, in MediaPipe's words, for a shape other than (H, W, 3).

    Args:
      shape: of an image.
      order: of its channels, "rgb" or "bgr".
      hint: a sentence on how to make such an image.
    """
    if len(shape) != 3 or shape[2] != 3:
        raise InputError(
            f"Input image must contain three channel {order} data. Its shape is {shape}, not (H, W, 3)."
            f"{_spaced(hint)}"
        )


def _spaced(hint: str) -> str:
    return f" {hint}" if hint else ""

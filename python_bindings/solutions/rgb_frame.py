"""What a solution takes for an image."""

from typing import Any

import numpy as np


def rgb_frame(image: Any) -> np.ndarray:
    """A caller's image as the graphs take it; MediaPipe's solutions accept and refuse the same.

    Args:
      image: (H, W, 3) array of uint8 (or bool), RGB, of any memory layout, writeable or not.

    Returns:
      (H, W, 3) uint8, contiguous: the caller's own memory where it is so already, else a copy.

    Raises:
      ValueError: another shape, or no pixels.
      TypeError: no array, or values that do not fit into uint8.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"The image is a {type(image).__name__}, not a numpy array (H, W, 3) of uint8 RGB"
            + (": was the file read?" if image is None else ".")
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"Input image must contain three channel rgb data. Its shape is {image.shape}, not (H, W, 3)."
        )
    if not image.size:
        raise ValueError(f"Input image has no pixels: its shape is {image.shape}.")
    if image.dtype != np.uint8 and image.dtype != bool:
        raise TypeError(
            f"Cannot cast array data from {image.dtype!r} to {np.dtype(np.uint8)!r}: give values "
            "from 0 to 255 as uint8, e.g. image.astype(numpy.uint8)."
        )
    return np.ascontiguousarray(image, np.uint8)

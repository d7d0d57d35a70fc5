"""Recoloring: blends a color into an image where a mask is set."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # of R, G and B, ITU-R BT.601


def recolor(
    image: np.ndarray, mask: np.ndarray, color: Sequence[int], *, invert: bool, keep_texture: bool
) -> np.ndarray:
    """Blends a color into an image by the weights of a mask.

    Args:
      image: (H, W, 3) uint8 RGB.
      mask: (height, width) of any size, scaled to the image's: uint8, of which 255 is the full color, or
        float32, of which 1 is.
      color: red, green, blue, 0 to 255.
      invert: whether the color goes where the mask is 0.
      keep_texture: whether a pixel's weight is multiplied by its luminance, so that dark ones stay dark.

    Returns:
      (H, W, 3) uint8 RGB, a new array.
    """
    weight = cv2.resize(mask, (image.shape[1], image.shape[0])).astype(np.float32)
    if mask.dtype == np.uint8:
        weight *= 1 / 255
    if invert:
        weight = 1 - weight
    if keep_texture:
        weight *= image @ _LUMINANCE / 255
    weight = weight[..., None]
    # Each term is rounded by itself, as by OpenCV's vectors, with which MediaPipe computes it.
    kept = np.clip(np.rint(image * (1 - weight)), 0, 255)
    added = np.clip(np.rint(np.asarray(color, np.float32) * weight), 0, 255)
    return np.minimum(kept + added, 255).astype(np.uint8)

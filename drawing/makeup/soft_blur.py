"""Blurs and reductions of soft shapes, several times as fast as OpenCV's single calls for bytes."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

# Taps per standard deviation, as OpenCV chooses them.
_BYTE_TAPS, _FLOAT_TAPS = 6, 8
_DEVIATIONS = 64  # steps per pixel: finer ones are invisible, and coarse ones let frames share kernels


def soft_blur(picture: np.ndarray, deviation_px: float) -> np.ndarray:
    """A picture under a Gaussian of this standard deviation.

    For bytes, `cv2.GaussianBlur` works in fixed-point numbers and gives the same bits on every machine. With
    the same taps in float32, a separable filter differs by one level at most.

    Args:
      picture: (H, W) or (H, W, C), uint8 or float32.
      deviation_px: above 0; at most the picture's longer side counts.

    Returns:
      A new array like `picture`; beyond its border, it is mirrored.
    """
    # Beyond that, all is one level, and the taps of a landmark far away would fill the memory.
    steps = max(round(min(deviation_px, max(picture.shape[:2])) * _DEVIATIONS), 1)
    if picture.dtype != np.uint8:
        kernel = _kernel(steps, _FLOAT_TAPS)
        return cv2.sepFilter2D(picture, cv2.CV_32F, kernel, kernel)
    kernel = _kernel(steps, _BYTE_TAPS)
    # To make bytes, the filter itself takes up to twice as long.
    return cv2.convertScaleAbs(cv2.sepFilter2D(picture, cv2.CV_32F, kernel, kernel))


@lru_cache(maxsize=256)
def _kernel(steps: int, taps: int) -> np.ndarray:
    """(K, 1) float32: a Gaussian of a deviation in steps, with so many taps per deviation."""
    deviation_px = steps / _DEVIATIONS
    return cv2.getGaussianKernel(round(taps * deviation_px + 1) | 1, deviation_px, cv2.CV_32F)


def reduced(canvas: np.ndarray, scale: int) -> np.ndarray:
    """The means of squares of `scale` by `scale` pixels, rounded at each halving.

    Args:
      canvas: (H × scale, W × scale) uint8.
      scale: a power of two.

    Returns:
      (H, W) uint8.
    """
    while scale > 1:  # OpenCV is fastest at halving
        scale //= 2
        size = canvas.shape[1] // 2, canvas.shape[0] // 2
        canvas = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    return canvas

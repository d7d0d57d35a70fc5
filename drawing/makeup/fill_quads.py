"""Filled quadrilaterals between landmarks, of which single ones may lie anywhere."""

from __future__ import annotations

import cv2
import numpy as np

# OpenCV steps through every row of a polygon, above and below the picture too.
_FARTHEST_PX = 32_767


def fill_quads(canvas: np.ndarray, corners: np.ndarray, values: np.ndarray) -> None:
    """Draws quadrilaterals in turn, each with its value; leaves out what reaches too far or has NaN.

    Args:
      canvas: (H, W) float32.
      corners: (Q, 4, 2), in pixels of the canvas, as pixel centers have whole numbers.
      values: (Q,).
    """
    near = np.abs(corners).max(axis=(1, 2)) < _FARTHEST_PX  # not for NaN
    places = np.rint(corners[near]).astype(np.int32)
    for place, value in zip(places, values[near].tolist(), strict=True):
        cv2.fillConvexPoly(canvas, place, value)

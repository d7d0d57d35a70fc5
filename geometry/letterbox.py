"""Letterboxing: fitting a region of one shape into a network input of another without stretching it."""

from __future__ import annotations

import numpy as np


def pad_to_aspect(rects_px: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Widens rotated rectangles about their centres to the aspect ratio of `size`.

    rects_px: (F, 5) float; x_center, y_center, width, height in pixels, rotation in radians. size: (width,
    height) of the network's input. Returns the widened rectangles (F, 5) float64 and the padding (F, 4)
    float32: left, top, right, bottom, as fractions of the widened rectangle's (and so the input's) width
    and height. Raises ValueError for a rectangle without area.
    """
    rects = np.array(rects_px, np.float64)
    padding = np.zeros((len(rects), 4), np.float32)
    if (~(rects[:, 2:4] > 0)).any():
        raise ValueError(f"the width and height of a region must be positive, got {rects[:, 2:4].tolist()}")
    aspect = size[1] / size[0]
    widths, heights = rects[:, 2].copy(), rects[:, 3].copy()
    rects[:, 2] = np.maximum(widths, heights / aspect)
    rects[:, 3] = np.maximum(heights, widths * aspect)
    padding[:, 0] = padding[:, 2] = (1 - widths / rects[:, 2]) / 2
    padding[:, 1] = padding[:, 3] = (1 - heights / rects[:, 3]) / 2
    return rects, padding

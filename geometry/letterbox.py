"""Letterboxing: fitting a region of one shape into a network input of another without stretching it."""

from __future__ import annotations

import numpy as np


def pad_to_aspect(rects_px: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Widens rotated rectangles about their centers to the aspect ratio of `size`.

    Args:
      rects_px: (F, 5) float; x_center, y_center, width, height in pixels, rotation in radians.
      size: (width, height) of the network's input.

    Returns:
      The widened rectangles (F, 5) float64 and the padding (F, 4) float32: left, top, right, bottom, as
        fractions of the widened rectangle's (and so the input's) width and height.

    Raises:
      ValueError: a rectangle has no area.
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


def fit_padding(size: tuple[int, int], target_size: tuple[int, int]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of the padding that fits an image into another shape, as fractions of it.

    It is computed in single precision, as in MediaPipe.

    Args:
      size, target_size: (width, height).
    """
    aspect = np.float32(size[0]) / np.float32(size[1])
    wanted = np.float32(target_size[0]) / np.float32(target_size[1])
    x = float((1 - aspect / wanted) / 2) if aspect < wanted else 0.0
    y = float((1 - wanted / aspect) / 2) if wanted < aspect else 0.0
    return (x, y, x, y)


def remove_padding_from_points(points: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """Points normalized to a letterboxed image, as points normalized to the content between the bars.

    Args:
      points: (F, N, 2 or 3) float32; z, if there is one, is scaled as x is.
      padding: (1, 4) or (F, 4) float, or (4,); left, top, right, bottom, as fractions of the letterboxed
        image.

    Returns:
      (F, N, 2 or 3) float32.

    Raises:
      ValueError: nothing lies between the bars.
    """
    low, size = _content(padding)
    removed = points / np.concatenate([size, size[:, :, :1]], axis=2)[:, :, : points.shape[2]]
    removed[:, :, :2] -= low / size
    return removed.astype(np.float32, copy=False)


def remove_padding_from_boxes(boxes: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """Boxes (N, 4) of xmin, ymin, width, height, without the bars: (N, 4) float32; padding (1, 4) or (4,)."""
    low, size = (values[:, 0] for values in _content(padding))
    return np.concatenate([(boxes[:, :2] - low) / size, boxes[:, 2:] / size], axis=1).astype(np.float32)


def _content(padding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Top-left corner and size of the content between the bars: two (F, 1, 2) float32."""
    padding = np.asarray(padding, np.float32).reshape(-1, 1, 4)
    low, size = padding[:, :, :2], 1 - padding[:, :, :2] - padding[:, :, 2:]
    if (size <= 0).any():
        raise ValueError(f"a letterbox padding of {padding[:, 0].tolist()} leaves nothing of the image")
    return low, size

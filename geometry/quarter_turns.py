"""Quarter turns: images turned clockwise, and what was found in them turned back into the given image."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


def turned(image: np.ndarray, quarters: int) -> np.ndarray:
    """The image turned clockwise by so many quarters, C-contiguous; the image itself for none.

    Args:
      image: (H, W, …).
      quarters: any whole number.
    """
    return np.ascontiguousarray(np.rot90(image, -quarters)) if quarters % 4 else image


def landmarks_turned_back(
    landmarks: NormalizedLandmarks, quarters: int, size: tuple[int, int]
) -> NormalizedLandmarks:
    """Landmarks of the turned image as those of the image before `turned`.

    Args:
      landmarks: in the turned image.
      quarters: by which that was turned, clockwise.
      size: (width, height) in pixels of the image before it was turned.
    """
    quarters %= 4
    if not quarters:
        return landmarks
    points = np.empty_like(landmarks.points)
    points[..., :2] = _places_turned_back(landmarks.points[..., :2], quarters)
    # z is a fraction of the image's width, which a quarter exchanges with the height.
    scale = size[1] / size[0] if quarters % 2 else 1.0
    points[..., 2] = landmarks.points[..., 2] * np.float32(scale)
    return NormalizedLandmarks(points)


def rects_turned_back(rects: NormalizedRects, quarters: int, size: tuple[int, int]) -> NormalizedRects:
    """Rectangles of the turned image as those of the image before `turned`; ids stay.

    Args:
      rects: in the turned image.
      quarters: by which that was turned, clockwise.
      size: (width, height) in pixels of the image before it was turned.
    """
    quarters %= 4
    if not quarters:
        return rects
    values = rects.values.copy()
    values[:, :2] = _places_turned_back(values[:, :2], quarters)
    if quarters % 2:
        # Width and height are measured before the rectangle's rotation: the same pixels, of other sides.
        aspect = np.float32(size[1] / size[0])
        values[:, 2] *= aspect
        values[:, 3] /= aspect
    angle = values[:, 4] - np.float32(quarters * np.pi / 2)
    values[:, 4] = angle - 2 * np.pi * np.round(angle / (2 * np.pi))
    return NormalizedRects(values, rects.ids)


def _places_turned_back(places: np.ndarray, quarters: int) -> np.ndarray:
    """(…, 2) fractions x, y of the turned image as those of the image before."""
    x, y = places[..., 0], places[..., 1]
    return np.stack(((y, 1 - x), (1 - x, 1 - y), (1 - y, x))[quarters - 1], -1)

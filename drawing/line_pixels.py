"""Line pixels, in the order of OpenCV's line iterator."""

import cv2
import numpy as np


def line_pixels(size: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
    """Walks from one end to the other in steps along one axis at a time (OpenCV's LineIterator, LINE_4).

    Args:
      size: (width, height) of the image, to which the line is clipped first.
      start, end: (x, y) pixels.

    Returns:
      (N, 2) int32 x, y; N = 0 if the line misses the image.
    """
    inside, (x, y), (end_x, end_y) = cv2.clipLine((0, 0, *size), start, end)
    if not inside:
        return np.empty((0, 2), np.int32)
    step_x, step_y = _sign(end_x - x), _sign(end_y - y)
    long, short = abs(end_x - x), abs(end_y - y)
    along, aside = (step_x, 0), (0, step_y)
    if short > long:
        long, short, along, aside = short, long, aside, along
    pixels = np.empty((long + short + 1, 2), np.int32)
    error = 0
    for pixel in pixels:
        pixel[:] = x, y
        step = aside if error < 0 else along
        error += 2 * long if error < 0 else -2 * short
        x, y = x + step[0], y + step[1]
    return pixels


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)

"""Line segments, all of one color in one call of OpenCV."""

import cv2
import numpy as np


def draw_segments(image: np.ndarray, segments: np.ndarray, color: tuple, thickness: int) -> None:
    """Draws single lines into `image`, in place, as `cv2.line` would one after another.

    Args:
      image: (H, W, C) uint8, contiguous and writeable.
      segments: (S, 2, 2) int32; the two ends (x, y) in pixels.
      color: a value for each channel.
      thickness: pixels.
    """
    if len(segments):
        cv2.polylines(image, list(segments), False, color, thickness)

"""Iris depth: distance from the camera by the size of the iris, which is nearly the same in all people."""

from __future__ import annotations

import math

import numpy as np

IRIS_MM = 11.8
"""Horizontal diameter of the human iris (Ablavatski et al., Real-time Pupil Tracking, 2020; ± 0.5 mm)."""


def iris_diameter_px(iris_px: np.ndarray) -> float:
    """Mean of an iris's two diameters, pixels; iris_px: (5, 2+), center, then top, bottom, left, right."""
    tall = math.dist(iris_px[1, :2], iris_px[2, :2])
    wide = math.dist(iris_px[3, :2], iris_px[4, :2])
    return (tall + wide) / 2


def iris_depth_mm(
    center_px: tuple[float, float], diameter_px: float, focal_px: float, size: tuple[int, int]
) -> float:
    """Distance of an iris from the camera in millimeters; infinite for a diameter of 0.

    It follows from the intercept theorem along the ray through the iris; the optical axis goes through the
    image's center.

    Args:
      center_px: x, y in pixels.
      focal_px: focal length in pixels.
      size: (width, height) of the image.
    """
    if not diameter_px:
        return math.inf
    off_axis = math.dist(center_px, (size[0] / 2, size[1] / 2))
    return IRIS_MM * math.hypot(focal_px, off_axis) / diameter_px

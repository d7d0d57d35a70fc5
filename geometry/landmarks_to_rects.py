"""The region of interest that the next frame's crop takes, from this frame's landmarks."""

from __future__ import annotations

import math

import cv2
import numpy as np


def landmarks_to_rects(
    points: np.ndarray,
    size: tuple[int, int],
    rotation_start: int = 33,
    rotation_end: int = 263,
    scale: float = 1.5,
) -> np.ndarray:
    """A square, rotated rectangle around the landmarks of each face.

    points: (F, N, 3) float32 normalised to the frame (only x and y are used).
    size: (width, height) of the frame in pixels.
    rotation_start, rotation_end: the landmarks whose connection becomes horizontal in the crop; 33 and 263
    are the outer corners of the subject's right and left eye.
    scale: side of the result over the longer side, in pixels, of the box around all landmarks.

    Returns (F, 5) float32: x_center, y_center, width, height normalised to the frame, rotation_rad
    clockwise on the screen, in [-π, π]. The same steps as MediaPipe's LandmarksToDetection,
    DetectionsToRects and RectTransformation calculators with square_long.
    """
    width, height = size
    rects = []
    # A loop over the few faces: the scalars in Python cost half of what arrays of length F do, and
    # minMaxLoc of a row a third of a reduction over columns.
    for face in points:
        coordinates = cv2.transpose(face)
        left, right, _, _ = cv2.minMaxLoc(coordinates[:1])
        top, bottom, _, _ = cv2.minMaxLoc(coordinates[1:2])
        side_px = scale * max((right - left) * width, (bottom - top) * height)
        at = face.item
        across = (at(rotation_end, 0) - at(rotation_start, 0)) * width
        down = (at(rotation_end, 1) - at(rotation_start, 1)) * height
        center = (left + right) / 2, (top + bottom) / 2
        rects.append((*center, side_px / width, side_px / height, math.atan2(down, across)))
    return np.array(rects, np.float32).reshape(-1, 5)

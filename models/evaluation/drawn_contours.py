"""Drawn contours: landmarks on the crop of a face, for pages that compare networks."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.topology.face_topology import CONTOURS, FaceTopology
from attention_mesh.models.topology.refinement import region_landmarks

TITLE_HEIGHT = 24  # px
_IRISES = ("right_iris", "left_iris")
_COLOR, _TITLE_COLOR = (60, 255, 120), (255, 255, 255)
_SUBPIXEL = 4  # bits of cv2's fixed point


def drawn_contours(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """A copy of the image with the contours and irises of one face.

    Args:
        image: (H, W, 3) uint8 RGB.
        landmarks: (478, 2 or 3) px of the image. A line with an unknown (NaN) landmark is left out.
    """
    picture = image.copy()
    known = np.isfinite(landmarks[:, :2]).all(1)
    # OpenCV's coordinates have their origin at the center of the first pixel.
    points = np.round((np.nan_to_num(landmarks[:, :2]) - 0.5) * 2**_SUBPIXEL).astype(np.int32)
    topology = FaceTopology.load()
    for name in CONTOURS:
        lines = [points[line] for line in topology.lines[name] if known[line].all()]
        if lines:
            cv2.polylines(picture, lines, False, _COLOR, 1, cv2.LINE_AA, _SUBPIXEL)
    for name in _IRISES:
        ring = region_landmarks()[name][1:]
        if known[ring].all():
            cv2.polylines(picture, [points[ring]], True, _COLOR, 1, cv2.LINE_AA, _SUBPIXEL)
    return picture


def title(text: str, width: int) -> np.ndarray:
    """(TITLE_HEIGHT, width, 3) uint8: the text in white on black."""
    row = np.zeros((TITLE_HEIGHT, width, 3), np.uint8)
    cv2.putText(row, text, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _TITLE_COLOR, 1, cv2.LINE_AA)
    return row

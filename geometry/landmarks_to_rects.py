"""The region of interest that the next frame's crop takes, from this frame's landmarks."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.landmark_bounds import landmark_bounds


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
    low, high = landmark_bounds(points)
    rects = np.empty((len(points), 5), np.float32)
    centers = rects[:, :2]
    np.add(low, high, out=centers)
    centers *= np.float32(0.5)
    long_side_px = np.maximum.reduce((high - low) * np.array(size, np.float32), axis=1, keepdims=True)
    np.multiply(long_side_px, np.array([scale / width, scale / height], np.float32), out=rects[:, 2:4])
    direction = points[:, rotation_end] - points[:, rotation_start]
    # Both divided by the width: the angle is that in pixels.
    np.arctan2(direction[:, 1] * np.float32(height / width), direction[:, 0], out=rects[:, 4])
    return rects

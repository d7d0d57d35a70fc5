"""Landmarks from a crop's coordinates to the frame's."""

from __future__ import annotations

import math

import cv2
import numpy as np


def project_landmarks(
    points: np.ndarray,
    rects: np.ndarray,
    frame_size: tuple[int, int] | None = None,
    crop_side: float = 1.0,
) -> np.ndarray:
    """Landmarks normalised to rotated crops, as landmarks normalised to the frame.

    points: (F, N, 3) float32; x, y in [0, crop_side] over the crop's width and height, origin at the crop's
    top-left corner; z is crop_side where it is as long as the crop's width.
    rects: (F, 5) float32; x_center, y_center, width, height normalised to the frame, rotation_rad
    clockwise on the screen.
    frame_size: (width, height) in pixels; needed only where a crop is not square in pixels.
    crop_side: the crop's side in the units of the points: 1, or pixels.
    Returns (F, N, 3) float32 normalised to the frame, z over the frame's width.

    The formula is that of MediaPipe's LandmarkProjectionCalculator: relative to the crop's centre, rotated,
    scaled to the frame; z grows with the length of the crop's upper side. Raises ValueError where the
    numbers of faces differ.
    """
    if len(rects) != len(points):
        raise ValueError(
            f"landmarks of {len(points)} faces with {len(rects)} regions of interest; one a face"
        )
    projected = []
    # A loop over the few faces: the scalars in Python cost half of what arrays of length F do.
    for index, (x, y, width, height, rotation) in enumerate(rects.tolist()):
        cos, sin = math.cos(rotation), math.sin(rotation)
        # Equal sides in pixels: the crop's width in units of the frame's height is its normalised height.
        across, down, z_scale = height, width, width
        if frame_size is not None:
            aspect = frame_size[0] / frame_size[1]
            across, down = width * aspect, height / aspect
            z_scale = math.hypot(width * cos, across * sin)
        xx, xy, yx, yy = width * cos, -down * sin, across * sin, height * cos
        by = 1 / crop_side
        matrix = np.array(
            (
                (xx * by, xy * by, 0, x - (xx + xy) / 2),
                (yx * by, yy * by, 0, y - (yx + yy) / 2),
                (0, 0, z_scale * by, 0),
            )
        )
        projected.append(cv2.transform(points[index : index + 1], matrix))
    if len(projected) == 1:
        return projected[0]
    return np.concatenate(projected) if projected else np.empty(points.shape, np.float32)


def project_landmarks_by_matrix(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Landmarks through a projective matrix without perspective, z scaled as a horizontal unit length.

    points: (F, N, 3) float32 in the matrix's source coordinates. matrix: 16 numbers, (4, 4) or (F, 4, 4),
    row-major, acting on (x, y, z, 1). Returns (F, N, 3) float32. Raises ValueError for another size.
    """
    matrix = np.asarray(matrix, np.float32)
    if matrix.size % 16:
        raise ValueError(f"a projection matrix has 16 numbers a face; got shape {matrix.shape}")
    matrix = matrix.reshape(-1, 4, 4)
    projected = points @ matrix[:, :3, :3].transpose(0, 2, 1) + matrix[:, None, :3, 3]
    z_scale = np.hypot(matrix[:, 0, 0], matrix[:, 1, 0])
    projected[:, :, 2] = points[:, :, 2] * z_scale[:, None]
    return projected

"""Landmarks from a crop's coordinates to the frame's."""

from __future__ import annotations

import numpy as np

# What is added to an angle so that its cosine is cos, sin, −sin, cos.
_QUARTER_TURNS = np.array([0, -np.pi / 2, np.pi / 2, 0], np.float32)


def project_landmarks(
    points: np.ndarray, rects: np.ndarray, frame_size: tuple[int, int] | None = None
) -> np.ndarray:
    """Landmarks normalised to rotated crops, as landmarks normalised to the frame.

    points: (F, N, 3) float32; x, y in [0, 1] over the crop's width and height, origin at the crop's
    top-left corner; z over the crop's width.
    rects: (F, 5) float32; x_center, y_center, width, height normalised to the frame, rotation_rad
    clockwise on the screen.
    frame_size: (width, height) in pixels; needed only where a crop is not square in pixels.
    Returns (F, N, 3) float32 normalised to the frame, z over the frame's width.

    The formula is that of MediaPipe's LandmarkProjectionCalculator: relative to the crop's centre, rotated,
    scaled to the frame; z grows with the length of the crop's upper side. Raises ValueError where the
    numbers of faces differ.
    """
    faces = len(points)
    if len(rects) != faces:
        raise ValueError(f"landmarks of {faces} faces with {len(rects)} regions of interest; one a face")
    # Points are rows, so this is the transpose of the usual matrix. One row a face: cos, sin, −sin, cos.
    turn = np.cos(rects[:, 4:] + _QUARTER_TURNS)
    matrix = np.zeros((faces, 3, 3), np.float32)
    if frame_size is None:
        # Equal sides in pixels: the crop's width in units of the frame's height is its normalised height.
        matrix[:, :2, :2] = (turn * rects.take((2, 3, 2, 3), axis=1)).reshape(faces, 2, 2)
        matrix[:, 2, 2] = rects[:, 2]
    else:
        width, height = frame_size
        aspect = np.array([1, width / height, height / width, 1], np.float32)
        matrix[:, :2, :2] = (turn * rects.take((2, 2, 3, 3), axis=1) * aspect).reshape(faces, 2, 2)
        matrix[:, 2, 2] = np.hypot(matrix[:, 0, 0], matrix[:, 0, 1])
    offset = np.zeros((faces, 1, 3), np.float32)
    offset[:, 0, :2] = rects[:, :2] - np.float32(0.5) * (matrix[:, 0, :2] + matrix[:, 1, :2])
    projected = points @ matrix
    projected += offset
    return projected


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

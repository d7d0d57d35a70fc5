"""Between rotated rectangles of a frame and their crops: corners, matrices, landmarks and detections.

A rectangle is x_center, y_center, width, height and rotation_rad, clockwise on the screen (y points down). A
crop's coordinates run from 0 to 1 across its width and height, from its top-left corner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from attention_mesh.geometry.detections import Detections

Affine = tuple[tuple[float, float, float], tuple[float, float, float]]

_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def rect_affine(rect: Sequence[float], upright_sides: tuple[float, float] | None = None) -> Affine:
    """The two rows of the affine from a rectangle's crop to the coordinates in which the rectangle is given.

    Number by number, which for the few faces of a frame costs half of what arrays of length F do.

    Args:
      rect: x_center, y_center, width, height, rotation_rad.
      upright_sides: the crop's width in the unit of y and its height in the unit of x, if the units differ,
        as in coordinates normalized to an oblong frame.
    """
    x, y, width, height, rotation = rect
    across, down = upright_sides or (width, height)
    cos, sin = math.cos(rotation), math.sin(rotation)
    xx, xy, yx, yy = width * cos, -down * sin, across * sin, height * cos
    return (xx, xy, x - (xx + xy) / 2), (yx, yy, y - (yx + yy) / 2)


def rect_corners(rects_px: np.ndarray) -> np.ndarray:
    """(F, 4, 2) corners, clockwise from the one that is top-left before the rotation; float32 for float32.

    Args:
      rects_px: (F, 5) float, in pixels.
    """
    rects_px = np.asarray(rects_px)
    center, half, angle = rects_px[:, None, :2], rects_px[:, None, 2:4] / 2, rects_px[:, 4]
    corners = half * np.array(_CORNERS, half.dtype)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = corners[..., 0], corners[..., 1]
    return center + np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1)


def crop_to_image_matrices(rects_px: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """Maps from crops to the image they were cut from, both in normalized coordinates: (F, 4, 4) float32.

    They are row-major, for columns (x, y, z, 1); z is scaled by the rectangle's width over the image's.

    Args:
      rects_px: (F, 5) float, in pixels of the image.
      image_size: (width, height) in pixels.
    """
    image_width, image_height = image_size
    rows = np.asarray(rects_px, np.float64).tolist()
    matrices = np.zeros((len(rows), 4, 4))
    for matrix, rect in zip(matrices, rows, strict=True):
        (xx, xy, x), (yx, yy, y) = rect_affine(rect)
        matrix[0, 0], matrix[0, 1], matrix[0, 3] = xx / image_width, xy / image_width, x / image_width
        matrix[1, 0], matrix[1, 1], matrix[1, 3] = yx / image_height, yy / image_height, y / image_height
        matrix[2, 2], matrix[3, 3] = rect[2] / image_width, 1
    return matrices.astype(np.float32)


def project_landmarks(
    points: np.ndarray,
    rects: np.ndarray,
    frame_size: tuple[int, int] | None = None,
    crop_side: float = 1.0,
) -> np.ndarray:
    """Landmarks normalized to rotated crops, as landmarks normalized to the frame.

    The formula is that of MediaPipe's LandmarkProjectionCalculator: relative to the crop's center, rotated,
    scaled to the frame; z grows with the length of the crop's upper side.

    Args:
      points: (F, N, 3) float32; x, y in [0, crop_side] over the crop's width and height, origin at the crop's
        top-left corner; z is crop_side if it is as long as the crop's width.
      rects: (F, 5) float32, normalized to the frame; of a mirrored crop, the width is negative.
      frame_size: (width, height) in pixels; needed only if a crop is not square in pixels.
      crop_side: the crop's side in the units of the points: 1, or pixels.

    Returns:
      (F, N, 3) float32 normalized to the frame, z over the frame's width.

    Raises:
      ValueError: the numbers of faces differ.
    """
    if len(rects) != len(points):
        raise ValueError(
            f"landmarks of {len(points)} faces with {len(rects)} regions of interest; expected one per face"
        )
    projected = []
    # A loop over the few faces: the scalars in Python cost half of what arrays of length F do.
    by = 1 / crop_side
    for index, rect in enumerate(rects.tolist()):
        _, _, width, height, _ = rect
        if frame_size is None:
            # Equal sides in pixels: the crop's width in units of the frame's height is its normalized height.
            (xx, xy, x), (yx, yy, y) = rect_affine(rect, (math.copysign(height, width), abs(width)))
            z_scale = abs(width)
        else:
            aspect = frame_size[0] / frame_size[1]
            (xx, xy, x), (yx, yy, y) = rect_affine(rect, (width * aspect, height / aspect))
            z_scale = math.hypot(xx, yx)
        matrix = np.array(((xx * by, xy * by, 0, x), (yx * by, yy * by, 0, y), (0, 0, z_scale * by, 0)))
        projected.append(cv2.transform(points[index : index + 1], matrix))
    if len(projected) == 1:
        return projected[0]
    return np.concatenate(projected) if projected else np.empty(points.shape, np.float32)


def project_landmarks_by_matrix(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Landmarks through a projective matrix without perspective, z scaled as a horizontal unit length.

    Args:
      points: (F, N, 3) float32 in the matrix's source coordinates.
      matrix: 16 numbers, (4, 4) or (F, 4, 4), row-major, acting on (x, y, z, 1).

    Returns:
      (F, N, 3) float32.

    Raises:
      ValueError: the matrix has another size.
    """
    matrix = np.asarray(matrix, np.float32)
    if matrix.size % 16:
        raise ValueError(f"a projection matrix has 16 numbers per face; got shape {matrix.shape}")
    matrix = matrix.reshape(-1, 4, 4)
    projected = points @ matrix[:, :3, :3].transpose(0, 2, 1) + matrix[:, None, :3, 3]
    z_scale = np.hypot(matrix[:, 0, 0], matrix[:, 1, 0])
    projected[:, :, 2] = points[:, :, 2] * z_scale[:, None]
    return projected


def project_detections(detections: Detections, matrix: np.ndarray) -> Detections:
    """Detections of a crop as detections of the image: keypoints and boxes through an affine of the plane.

    A rotated box becomes the upright box around its corners.

    Args:
      matrix: (4, 4) float, one of `crop_to_image_matrices`.
    """
    linear = np.asarray(matrix[:2, :2], np.float32)
    offset = np.asarray(matrix[:2, 3], np.float32)
    keypoints = detections.keypoints @ linear.T + offset
    # The corners of a box are its center ± a half diagonal; the map's absolute values give the new halves.
    halves = detections.boxes[:, 2:] / 2
    centers = (detections.boxes[:, :2] + halves) @ linear.T + offset
    halves = halves @ np.abs(linear).T
    boxes = np.concatenate([centers - halves, 2 * halves], axis=1)
    return replace(detections, boxes=boxes, keypoints=keypoints)

"""Rotated rectangles from detections, and how such rectangles are moved, turned, squared and scaled."""

from __future__ import annotations

import math

import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects


def wrap_angle(angle_rad: np.ndarray) -> np.ndarray:
    """The same angles in [-π, π)."""
    return angle_rad - 2 * math.pi * np.floor((angle_rad + math.pi) / (2 * math.pi))


def detections_to_rects(
    detections: Detections,
    size: tuple[int, int] | None = None,
    rotation_keypoints: tuple[int, int] | None = None,
    target_angle_rad: float = 0.0,
    *,
    around_keypoints: bool = False,
) -> NormalizedRects:
    """One rectangle a detection: its box, turned so that two keypoints lie in a given direction.

    size: (width, height) of the image in pixels, needed for the rotation. rotation_keypoints: indices of
    the keypoints whose connection is to have target_angle_rad (counter-clockwise from the x axis) in the
    rectangle; None for upright rectangles. around_keypoints: the upright box around the keypoints takes the
    place of the detection's own. Raises ValueError when an index is out of range or the size is
    missing.
    """
    values = np.zeros((len(detections), 5), np.float32)
    if around_keypoints:
        low, high = detections.keypoints.min(axis=1), detections.keypoints.max(axis=1)
        values[:, :2], values[:, 2:4] = (low + high) / 2, high - low
    else:
        values[:, :2] = detections.boxes[:, :2] + detections.boxes[:, 2:] / 2
        values[:, 2:4] = detections.boxes[:, 2:]
    if rotation_keypoints is not None:
        if size is None:
            raise ValueError("the image's size is needed to compute a rotation")
        start, end = rotation_keypoints
        count = detections.keypoints.shape[1]
        if not (0 <= start < count and 0 <= end < count):
            raise ValueError(f"rotation keypoints {start}, {end}: a detection has keypoints 0 to {count - 1}")
        x, y = ((detections.keypoints[:, end] - detections.keypoints[:, start]) * size).T
        values[:, 4] = wrap_angle(target_angle_rad - np.arctan2(-y, x))
    return NormalizedRects(values)


def transform_rects(
    rects: NormalizedRects,
    size: tuple[int, int],
    *,
    scale: tuple[float, float] = (1.0, 1.0),
    shift: tuple[float, float] = (0.0, 0.0),
    rotation_rad: float | None = None,
    square: str | None = None,
) -> NormalizedRects:
    """Turns, then shifts, then squares, then scales rectangles; ids stay.

    size: (width, height) of the frame in pixels. scale: factors of width and height. shift: along the
    turned rectangle's own sides, as fractions of its width and height. rotation_rad: added to the rotation.
    square: "long" or "short", makes the rectangle a square in pixels of its longer or shorter side. The
    steps and their order are those of MediaPipe's RectTransformationCalculator.
    """
    frame = np.array(size, np.float32)
    values = rects.values.copy()
    if rotation_rad is not None:
        values[:, 4] = wrap_angle(values[:, 4] + rotation_rad)
    sides_px = values[:, 2:4] * frame
    if shift[0] or shift[1]:
        along_x, along_y = (sides_px * np.array(shift, np.float32)).T
        cos, sin = np.cos(values[:, 4]), np.sin(values[:, 4])
        values[:, 0] += (along_x * cos - along_y * sin) / frame[0]
        values[:, 1] += (along_x * sin + along_y * cos) / frame[1]
    if square == "long":
        sides_px[:] = sides_px.max(axis=1, keepdims=True)
    elif square == "short":
        sides_px[:] = sides_px.min(axis=1, keepdims=True)
    elif square is not None:
        raise ValueError(f'square must be "long", "short" or None, got {square!r}')
    values[:, 2:4] = sides_px / frame * np.array(scale, np.float32)
    return NormalizedRects(values, rects.ids)

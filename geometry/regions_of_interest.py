"""Regions of interest of a frame: from detections, from landmarks, or as tiles of the whole frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import ceil

import cv2
import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects


def wrap_angle(angle_rad: np.ndarray) -> np.ndarray:
    """The same angles in [-π, π)."""
    return angle_rad - 2 * math.pi * np.floor((angle_rad + math.pi) / (2 * math.pi))


def angle_gaps(angles_rad: np.ndarray, others_rad: np.ndarray | float) -> np.ndarray:
    """How far two directions differ: in [0, π], with the shapes broadcast."""
    return np.abs(wrap_angle(np.asarray(angles_rad - others_rad)))


def detections_to_rects(
    detections: Detections,
    size: tuple[int, int] | None = None,
    rotation_keypoints: tuple[int, int] | None = None,
    target_angle_rad: float = 0.0,
    *,
    around_keypoints: bool = False,
) -> NormalizedRects:
    """One rectangle per detection: its box, turned so that two keypoints lie in a given direction.

    Args:
      size: (width, height) of the image in pixels, needed for the rotation.
      rotation_keypoints: indices of the keypoints whose connection gets target_angle_rad in the rectangle;
        None for upright rectangles.
      target_angle_rad: counter-clockwise from the x axis.
      around_keypoints: use the upright box around the keypoints, not the detection's own.

    Raises:
      ValueError: an index is out of range or the size is missing.
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
        x, y = _keypoint_vectors_px(detections, size, rotation_keypoints).T
        values[:, 4] = wrap_angle(target_angle_rad - np.arctan2(-y, x))
    return NormalizedRects(values)


def alignment_squares(
    detections: Detections, size: tuple[int, int], keypoints: tuple[int, int], target_angle_rad: float
) -> NormalizedRects:
    """One square per detection, around a keypoint: half its side is the way to another keypoint.

    Args:
      size: (width, height) of the image in pixels.
      keypoints: indices of the center and of the other keypoint. Their connection gets target_angle_rad in
        the square.
      target_angle_rad: counter-clockwise from the x axis.

    Raises:
      ValueError: an index is out of range.
    """
    vectors_px = _keypoint_vectors_px(detections, size, keypoints)
    values = np.zeros((len(detections), 5), np.float32)
    values[:, :2] = detections.keypoints[:, keypoints[0]]
    values[:, 2:4] = 2 * np.linalg.norm(vectors_px, axis=1)[:, None] / np.array(size)
    values[:, 4] = wrap_angle(target_angle_rad - np.arctan2(-vectors_px[:, 1], vectors_px[:, 0]))
    return NormalizedRects(values)


def _keypoint_vectors_px(
    detections: Detections, size: tuple[int, int], keypoints: tuple[int, int]
) -> np.ndarray:
    """(N, 2): the way from one keypoint of each detection to another. ValueError if there is no such one."""
    start, end = keypoints
    count = detections.keypoints.shape[1]
    if not (0 <= start < count and 0 <= end < count):
        raise ValueError(f"rotation keypoints {start}, {end}: a detection has keypoints 0 to {count - 1}")
    return (detections.keypoints[:, end] - detections.keypoints[:, start]) * size


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

    The steps and their order are those of MediaPipe's RectTransformationCalculator.

    Args:
      size: (width, height) of the frame in pixels.
      scale: factors of width and height.
      shift: along the turned rectangle's own sides, as fractions of its width and height.
      rotation_rad: added to the rotation.
      square: "long" or "short", makes the rectangle a square in pixels of its longer or shorter side.
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


def landmarks_to_rects(
    points: np.ndarray,
    size: tuple[int, int],
    rotation_landmarks: tuple[int, int],
    scale: float = 1.5,
) -> np.ndarray:
    """A square, rotated rectangle around the landmarks of each face.

    The steps are those of MediaPipe's LandmarksToDetection, DetectionsToRects and RectTransformation
    calculators with square_long.

    Args:
      points: (F, N, 3) float32 normalized to the frame (only x and y are used).
      size: (width, height) of the frame in pixels.
      rotation_landmarks: the two landmarks whose connection becomes horizontal in the crop, such as the outer
        corners of the subject's right and left eye.
      scale: side of the result over the longer side, in pixels, of the box around all landmarks.

    Returns:
      (F, 5) float32: x_center, y_center, width, height normalized to the frame, rotation_rad clockwise on the
        screen, in [-π, π].
    """
    width, height = size
    start, end = rotation_landmarks
    rects = []
    # A loop over the few faces: the scalars in Python cost half of what arrays of length F do, and
    # minMaxLoc of a row a third of a reduction over columns.
    for face in points:
        coordinates = cv2.transpose(face)
        left, right, _, _ = cv2.minMaxLoc(coordinates[:1])
        top, bottom, _, _ = cv2.minMaxLoc(coordinates[1:2])
        side_px = scale * max((right - left) * width, (bottom - top) * height)
        at = face.item
        across = (at(end, 0) - at(start, 0)) * width
        down = (at(end, 1) - at(start, 1)) * height
        center = (left + right) / 2, (top + bottom) / 2
        rects.append((*center, side_px / width, side_px / height, math.atan2(down, across)))
    return np.array(rects, np.float32).reshape(-1, 5)


def snapped_squares(values: np.ndarray, size: tuple[int, int], steps: int) -> np.ndarray:
    """The nearest squares of a coarse grid, so that squares that nearly agree become equal.

    A tracker crops where the frame before says. Two that follow one face from different starts come close to
    each other, but stay apart by some hundredths of a pixel for good: a crop's rounding answers the smallest
    difference by a larger one. Once their squares are equal, so is all that follows.

    Args:
      values: (F, 5) float32: x_center, y_center, width, height normalized to the frame, rotation in radians;
        of squares in pixels.
      size: (width, height) of the frame in pixels.
      steps: widths change by factors of 1 + 1 / steps; centers, by 1 / steps of the width; rotations, by
        1 / steps rad.

    Returns:
      (F, 5) float32; a square without a size, or with a number that is not finite, stays as it is.
    """
    width, height = size
    steps_per_doubling = steps * math.log(2)
    snapped = []
    for rect in values.tolist():
        x, y, side, _, rotation = rect
        if side <= 0 or not all(map(math.isfinite, rect)):
            snapped.append(rect)
            continue
        side_px = 2 ** (round(math.log2(side * width) * steps_per_doubling) / steps_per_doubling)
        step_px = side_px / steps
        center_px = round(x * width / step_px) * step_px, round(y * height / step_px) * step_px
        sides = side_px / width, side_px / height
        snapped.append([center_px[0] / width, center_px[1] / height, *sides, round(rotation * steps) / steps])
    return np.array(snapped, np.float32).reshape(-1, 5)


MIN_TILE_PX = 384
"""Below this a tile of a frame up to twice as long as high holds no detail that the whole frame, shrunk to
the full-range detector's 192 pixels, loses by more than a factor of two."""

_LEAST_PX = 192
"""The full-range detector's input: a smaller tile would only be enlarged."""

_MOST_TILES = 64


def frame_tiles(size: tuple[int, int], min_tile_px: int = MIN_TILE_PX) -> NormalizedRects:
    """Squares of the frame's short side that cover it, each overlapping the next by half or more.

    A frame of 16:9 gives three, one of 4:3 two. A square frame, or one that is neither min_tile_px high nor
    more than twice as long, gives the whole frame as the only rectangle. In a strip, squares are no smaller
    than 192 pixels, and there are at most 64: they then reach beyond its long sides. An object no longer than
    half a square lies whole in one of them.

    Args:
      size: (width, height) of the frame in pixels.
      min_tile_px: the short side below which a frame stays whole.
    """
    width, height = size
    side = max(min(size), min(_LEAST_PX, max(size)), ceil(2 * max(size) / (_MOST_TILES + 1)))
    count = ceil(2 * (max(size) - side) / side) + 1
    if count == 1 or (side < min_tile_px and max(size) <= 2 * side):
        return NormalizedRects.whole_frame()
    values = np.zeros((count, 5), np.float32)
    values[:, :2] = 0.5
    values[:, 2] = side / width
    values[:, 3] = side / height
    reach = 0.5 * side / max(size)
    values[:, 0 if width > height else 1] = np.linspace(reach, 1 - reach, count)
    return NormalizedRects(values)


_FINE_LEVELS = (2, 4)
"""How many fine tiles lie along a frame's short side, from one size of tile to the next."""

_FINE_OVERLAP = 0.25
"""How much of a fine tile its neighbor covers: larger faces are large enough in larger tiles."""

_LEAST_FINE_PX = 96
"""A fine tile may be enlarged twice: the full-range detector finds faces of 16 pixels then."""


def fine_tiles(size: tuple[int, int]) -> NormalizedRects:
    """Squares smaller than those of `frame_tiles`, for crowds of small faces; F = 0 in a small frame.

    Two sizes of squares cover the frame, each square overlapping the next by a quarter or more. There are 20
    in a square frame and 40 at 16:9. Squares below 96 pixels are left out, and so are more than 128 of one
    size.

    Args:
      size: (width, height) of the frame in pixels.
    """
    step = 1 - _FINE_OVERLAP
    levels = []
    for along_short in _FINE_LEVELS:
        side = min(size) / (1 + (along_short - 1) * step)
        counts = [ceil((length - side) / (step * side) - 1e-6) + 1 for length in size]
        if side < _LEAST_FINE_PX or math.prod(counts) > 2 * _MOST_TILES:
            continue
        across, down = (
            np.linspace(side / 2, length - side / 2, count) / length
            for length, count in zip(size, counts, strict=True)
        )
        tiles = np.zeros((math.prod(counts), 5), np.float32)
        tiles[:, :2] = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
        tiles[:, 2:4] = side / size[0], side / size[1]
        levels.append(NormalizedRects(tiles))
    return NormalizedRects.concatenate(levels) if levels else NormalizedRects.empty()


QUARTER_TURNS_RAD = (math.pi / 2, math.pi, -math.pi / 2)
"""The turns of a frame in which a face detector looks for lying and inverted faces."""


def turned_rects(rects: NormalizedRects, turns_rad: Sequence[float]) -> NormalizedRects:
    """All rectangles turned by each of the angles, clockwise on the screen: (F · T), without ids.

    The rectangles turn about their centers, with their sides in pixels kept only if they are square there.
    """
    values = np.tile(rects.values, (len(turns_rad), 1))
    values[:, 4] = wrap_angle(values[:, 4] + np.repeat(turns_rad, len(rects)))
    return NormalizedRects(values)

"""Portraits: the square around a face that a study shows, cut out and compressed as every other one."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.cli.errors import StudyError

_AROUND_FACE = 1.7  # sides of the face's bounding box: hair and neck are seen
_HAIR = 0.06  # of that box's side, by which the square lies higher than the face


def portrait_square(landmarks_px: np.ndarray, size: tuple[int, int]) -> tuple[int, int, int]:
    """The square around a face: its left and upper edge and its side, whole pixels within the photo.

    Args:
      landmarks_px: (N, 2 or 3), the face in the photo.
      size: (width, height) of the photo in pixels.

    Raises:
      StudyError: the photo's border cuts the face off, or the photo is too narrow for the whole face.
    """
    low, high = landmarks_px[:, :2].min(axis=0), landmarks_px[:, :2].max(axis=0)
    if (low < 0).any() or (high > size).any():
        raise StudyError("the photo's border cuts the face off")
    face = float((high - low).max())
    side = min(round(_AROUND_FACE * face), *size)
    if side < face:
        raise StudyError("the photo is too narrow for the whole face")
    middle = (low + high) / 2 - (0, _HAIR * face)
    left, top = (
        int(np.clip(round(float(at) - side / 2), 0, length - side))
        for at, length in zip(middle, size, strict=True)
    )
    return left, top, side


def portrait_jpeg(photo: np.ndarray, square: tuple[int, int, int], size: int, quality: int) -> bytes:
    """A JPEG without metadata of the square, scaled to size × size.

    Real and AR images go through this one function and are compressed once, after they were painted and
    scaled. So nothing but the makeup differs.

    Args:
      photo: (H, W, 3) uint8 RGB.
      square: of `portrait_square`.
      size: width and height of the result in pixels, at most the square's side.
      quality: of the JPEG, 1 to 100.
    """
    left, top, side = square
    part = photo[top : top + side, left : left + side]
    scaled = part if side == size else cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(scaled, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    assert done
    return data.tobytes()

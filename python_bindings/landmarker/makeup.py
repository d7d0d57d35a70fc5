"""Makeup: paints a look on the faces of a picture."""

from __future__ import annotations

import numbers
import os
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.drawing.makeup.lip_memory import MakeupMemory
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import lips_coverage, painted
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.images import rgb_array

_LEAST_LANDMARKS = 468
_NORMALIZED = 2  # of a coordinate, up to which landmarks are no pixels: a face is larger
_MOST_MS = 1e15  # as integers of microseconds, still exact


class Makeup:
    """Paints makeup: the constructor takes the look, `apply` the picture and its faces.

    Several threads may use `apply` and `mask` of one. `apply_for_video` remembers: use one for each film.

    Example::

        makeup = Makeup("red_gloss")
        result = landmarker.detect(image)
        painted = makeup.apply(image, result.landmarks_px)

    Args:
      look: name of a look that comes with the package ("everyday_nude", "red_gloss" …), or the path of a
        .pbtxt file (see docs/makeup.md).

    Raises:
      LookError: there is no such look, or its text is wrong: the error names the line and what is known.
      TypeError: `look` is neither a name nor a path.
    """

    def __init__(self, look: str | Path):
        if not isinstance(look, str | os.PathLike):
            raise TypeError(
                f"look={look!r} is {type(look).__name__}; expected a look's name or a file's path"
            )
        self.look = load_look(look)
        self._memory = MakeupMemory()  # of the film that `apply_for_video` paints

    def apply(self, image: Any, landmarks_px: np.ndarray) -> np.ndarray:
        """Paints all faces.

        Args:
          image: (H, W, 3) uint8 RGB, or an object with `numpy_view()` that gives one. It stays as it is.
          landmarks_px: (F, N, 3 or 2), or (N, 3 or 2) of one face, as a result's `landmarks_px`; N is 468 or
            478. Without z, gloss does not shine. Lips with a NaN stay as they are.

        Returns:
          (H, W, 3) uint8 RGB, a new array. Outside the makeup it equals `image` to the bit.

        Raises:
          InputError: the image or the landmarks are wrong.
          TypeError: `image` is no image at all.
        """
        array, faces = rgb_array(image), _faces(landmarks_px)
        result = painted(array, faces, self.look)
        return result.copy() if result is array else result

    def apply_for_video(self, image: Any, landmarks_px: np.ndarray, timestamp_ms: float) -> np.ndarray:
        """Paints all faces of the next frame of a film, as steadily as `MakeupCalculator` does.

        What the pixels of a frame decide, such as a hand before the lips or the light, is steadied over 0.2
        seconds; the makeup's place follows the landmarks at once. After a step back in time, or half a second
        without a face, all faces are new.

        Args:
          image: as of `apply`.
          landmarks_px: as of `apply`.
          timestamp_ms: of the frame, in milliseconds; larger than in the call before.

        Returns:
          As `apply`.

        Raises:
          InputError: the image, the landmarks or the time are wrong.
          TypeError: `image` is no image at all, or `timestamp_ms` no number.
        """
        array, faces, time_us = rgb_array(image), _faces(landmarks_px), _microseconds(timestamp_ms)
        memories = self._memory.of_faces(faces, time_us) if len(faces) else None
        result = painted(array, faces, self.look, memories)
        return result.copy() if result is array else result

    def mask(self, size: tuple[int, int], landmarks_px: np.ndarray) -> np.ndarray:
        """The coverage of the lips by their landmarks, whatever lies before them in the picture.

        Args:
          size: (width, height) of the picture, in pixels.
          landmarks_px: as of `apply`.

        Returns:
          (H, W) float32: 0 for no paint, 1 for full paint, between them at the borders.

        Raises:
          InputError: the size or the landmarks are wrong.
        """
        try:
            width, height = (int(side) for side in size)
            whole = (width, height) == tuple(size)  # not for texts and fractions
        except (TypeError, ValueError, OverflowError):
            whole = False
        if not whole or min(width, height) < 1:
            raise InputError(f"size is {size!r}; expected (width, height) in pixels")
        return lips_coverage((width, height), _faces(landmarks_px))


def _microseconds(timestamp_ms: float) -> int:
    if isinstance(timestamp_ms, bool) or not isinstance(timestamp_ms, numbers.Real):
        raise TypeError(f"timestamp_ms={timestamp_ms!r} is not a number; expected milliseconds")
    if not abs(timestamp_ms) < _MOST_MS:  # so for NaN too
        raise InputError(f"timestamp_ms={timestamp_ms} is out of range; expected at most ±{_MOST_MS:.0f}")
    return round(1000 * float(timestamp_ms))


def _faces(landmarks_px: np.ndarray) -> np.ndarray:
    """(F, N, 3 or 2) of what the caller gave."""
    try:
        faces = np.asarray(landmarks_px)
    except ValueError as error:  # rows of unequal length
        raise InputError(
            "landmarks_px has rows of unequal length; expected (faces, 468 or 478, 3) in pixels"
        ) from error
    if faces.ndim == 2:
        faces = faces[None]
    if (
        faces.dtype.kind not in "iuf"
        or faces.ndim != 3
        or faces.shape[1] < _LEAST_LANDMARKS
        or faces.shape[2] not in (2, 3)
    ):
        hint = "; give result.landmarks_px" if hasattr(landmarks_px, "landmarks_px") else ""
        raise InputError(
            f"landmarks_px is {faces.dtype} {faces.shape}; expected (faces, 468 or 478, 3) in pixels{hint}"
        )
    if faces.size and 0 < np.abs(faces[..., :2]).max() < _NORMALIZED:  # not for NaN
        raise InputError(
            "landmarks_px looks like normalized landmarks; expected pixels: give result.landmarks_px, or "
            "multiply x and y by the image's width and height"
        )
    return faces

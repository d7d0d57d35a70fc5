"""Makeup: paints a look on the faces of a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import lips_coverage, painted
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.images import rgb_array

_LEAST_LANDMARKS = 468


class Makeup:
    """Paints makeup: the constructor takes the look, `apply` the picture and its faces.

    Several threads may use one.

    Example::

        makeup = Makeup("red_gloss")
        result = landmarker.detect(image)
        painted = makeup.apply(image, result.landmarks_px)

    Args:
      look: name of a look that comes with the package ("everyday_nude", "red_gloss" …), or the path of a
        .pbtxt file (see docs/makeup.md).

    Raises:
      LookError: there is no such look, or its text is wrong: the error names the line and what is known.
    """

    def __init__(self, look: str | Path):
        self.look = load_look(look)

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
        except (TypeError, ValueError, OverflowError):
            width, height = 0, 0
        if min(width, height) < 1:
            raise InputError(f"size is {size!r}; expected (width, height) in pixels")
        return lips_coverage((width, height), _faces(landmarks_px))


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
    return faces

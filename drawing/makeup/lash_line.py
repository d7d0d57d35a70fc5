"""The lash line: the dark line of the lashes' roots, without separate lashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import POINTS, EyeShape
from attention_mesh.drawing.makeup.eyeliner import band
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.8
_THICK = 0.03  # relative to the eye's width
_INTO_EYE = 0.018
_FEATHER = 0.014
_LOWER = 0.45  # the lower lashes, relative to the upper ones


@dataclass(frozen=True)
class LashLine:
    """A lash line.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB).
      intensity: 0 to 1; 0 leaves the lashes alone.
    """

    color: tuple[int, int, int] = (24, 18, 16)
    intensity: float = 0.8

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, COVER * self.intensity, 0.3)


def lash_line_coverage(part: FacePart, eye: EyeShape) -> np.ndarray:
    """(height, width) float32 coverage of both lids' lashes in a part of the image, 0 to 1."""
    width = eye.width_px
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    taper = np.clip(1.1 - t, 0.12, 1) ** 0.5
    thick = _THICK * width * taper
    near, far = band(eye.upper[0], eye.upper[1], -_INTO_EYE * width * taper, thick)
    cover = part.sharp([np.concatenate([near, far[::-1]])], width, _FEATHER * width)
    near, far = band(eye.lower[0], eye.lower[1], -0.2 * thick, 0.6 * thick * np.clip(2 - 2.2 * t, 0, 1))
    lower = part.sharp([np.concatenate([near, far[::-1]])], width, 1.3 * _FEATHER * width)
    return np.maximum(cover, _LOWER * lower)

"""The lash line: the dark line of the lashes' roots, without separate lashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import ALONG, POINTS, EyeShapes
from attention_mesh.drawing.makeup.eyeliner import band
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.8
_TAPER = (np.clip(1.1 - ALONG, 0.12, 1) ** 0.5).astype(np.float32)
_UPPER = -0.018 * _TAPER, 0.03 * _TAPER  # from the eye to the skin, relative to the eye's width
_LOWER = -0.006 * _TAPER, 0.018 * _TAPER * np.clip(2 - 2.2 * ALONG, 0, 1)
_LOWER_STRENGTH = 0.45  # relative to the upper lashes


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


def lash_line_shapes(eyes: EyeShapes) -> tuple[np.ndarray, tuple[float, ...]]:
    """Polygons (E, 2, 2 × POINTS, 2) px of both lids' lashes, and the coverage in them, 0 to 1."""
    width = eyes.width_px[:, None]
    lines = np.empty((len(width), 2, 2 * POINTS, 2), np.float32)
    band(eyes.lower[:, 0], eyes.outward[1], width * _LOWER[0], width * _LOWER[1], lines[:, 0])
    band(eyes.upper[:, 0], eyes.outward[0], width * _UPPER[0], width * _UPPER[1], lines[:, 1])
    return lines, (_LOWER_STRENGTH, 1)

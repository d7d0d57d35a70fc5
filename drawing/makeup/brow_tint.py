"""Brow tint: color of the brows' hairs, and a little powder between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import EyeShape
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment
from attention_mesh.drawing.makeup.scene_light import SkinLight

COVER = 0.75
_FEATHER = 0.03  # relative to the eye's width
_FILLS = (1.05, 0.85, 0.65)  # heights of the nested shapes relative to the brow's
_POWDER = 0.3  # on skin between the hairs, relative to the hairs
# L relative to the skin's below which a pixel begins to be hair, and is hair.
_SKIN, _HAIR = 0.93, 0.68


@dataclass(frozen=True)
class BrowTint:
    """A brow tint.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), of brow hair in even light.
      intensity: 0 to 1; 0 leaves the brows alone.
    """

    color: tuple[int, int, int]
    intensity: float = 0.7

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, COVER * self.intensity, 0.6)


def brow_coverage(part: FacePart, eye: EyeShape) -> np.ndarray:
    """(height, width) float32 coverage of the brow in a part of the image, 0 to 1, hairs or not."""
    middle, half = (eye.brow[0] + eye.brow[1]) / 2, (eye.brow[1] - eye.brow[0]) / 2
    fills = np.array(_FILLS, np.float32)[:, None, None]
    polygons = np.concatenate([middle - half * fills, (middle + half * fills)[:, ::-1]], axis=1)
    return part.soft([(polygons, (1 / 3, 2 / 3, 1))], _FEATHER * eye.width_px) * np.float32(1 / 255)


def hairs(lightness: np.ndarray, light: SkinLight) -> np.ndarray:
    """How far each pixel is hair by its lightness: float32, from that of powder to 1."""
    relative = (lightness + 16) * (1 / (light.lightness + 16))
    return _POWDER + (1 - _POWDER) * np.clip((_SKIN - relative) * (1 / (_SKIN - _HAIR)), 0, 1)

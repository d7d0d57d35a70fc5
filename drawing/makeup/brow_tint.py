"""Brow tint: color of the brows' hairs, and a little powder between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import ramp
from attention_mesh.drawing.makeup.eye_shape import EyeShapes
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET
from attention_mesh.drawing.makeup.pigment import Pigment
from attention_mesh.drawing.makeup.scene_light import SkinLight

COVER = 0.75
_FEATHER = 0.03  # relative to the eye's width
_FILLS = np.array([1.05, 0.85, 0.65], np.float32)[
    :, None, None
]  # heights of the nested shapes relative to the brow's
_VALUES = (1 / 3, 2 / 3, 1)
_THINNED = slice(None, None, 4)  # points of a curve that make up a soft shape
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


def brow_coverage(part: FacePart, eyes: EyeShapes) -> np.ndarray:
    """(E × height, width) uint8 coverage of the brow in a part of the image, 0 to 255, hairs or not."""
    low, high = eyes.brow[:, :1, _THINNED], eyes.brow[:, 1:, _THINNED]
    middle, half = (low + high) / 2, (high - low) / 2 * _FILLS
    polygons = np.concatenate([middle - half, (middle + half)[:, :, ::-1]], axis=2)
    counts = (polygons.shape[2],) * len(_VALUES)
    return part.soft(polygons.reshape(len(low), -1, 2), counts, _VALUES, _FEATHER * eyes.size_px)


def hairs(lightness: np.ndarray, light: SkinLight) -> np.ndarray:
    """How far each pixel is hair by its lightness: float32, from that of powder to 1."""
    skin = light.lightness + LIGHTNESS_OFFSET
    share = ramp(lightness, _SKIN * skin - LIGHTNESS_OFFSET, _HAIR * skin - LIGHTNESS_OFFSET)
    return _POWDER + (1 - _POWDER) * share

"""Dark glasses, told from the colors around the eyes: makeup of eyes is not painted on them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import EyeShapes
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, median_of
from attention_mesh.drawing.makeup.scene_light import SkinLight, colors_at

# All pairs are values at which a sign of dark glasses begins, and is complete.
_DARK = 0.5, 0.35  # L + 16 around an eye relative to the cheek's
_OTHER_DARK = 0.6, 0.5  # the same of the lighter eye
_FLAT = 0.5, 0.3  # contrast of L in the opening relative to the L + 16 around the eye
_GRAY = 0.45, 0.25  # of the skin's color, what is left around an eye relative to skin in as little light
_NO_EYE = 1.0, 0.7  # contrast as above, of lenses that mirror; makeup that is worn takes the skin's color too
_BELIEVED = 0.2, 0.5  # of all signs
_LEAST_CHROMA = 8.0  # of skin, in CIELAB's units; in grayscale pictures chroma says nothing
_LEAST_OPENNESS = 0.1  # a closed eye has no contrast either
_ACROSS = np.array([0.35, 0.5, 0.65], np.float32)[:, None, None]
_EVERY = slice(4, -4, 4)  # points of the rings that are looked at


class EyeColors(NamedTuple):
    """Colors of one eye before it is painted: (n, 3) float32 CIELAB of samples inside the image.

    Attributes:
      around: of the lids and the skin around them.
      inside: between the lids.
    """

    around: np.ndarray
    inside: np.ndarray


def eye_colors(image: np.ndarray, eyes: EyeShapes) -> list[EyeColors]:
    """The colors of each eye.

    Args:
      image: (H, W, 3) uint8 RGB.
      eyes: those that are seen.
    """
    if not eyes.sides:
        return []
    rings = np.concatenate([eyes.upper[:, 1:3, _EVERY], eyes.lower[:, 1:3, _EVERY]], axis=1)
    openings = eyes.upper[:, :1] + (eyes.lower[:, :1] - eyes.upper[:, :1]) * _ACROSS
    groups = [group.reshape(-1, 2) for pair in zip(rings, openings, strict=True) for group in pair]
    colors = colors_at(image, np.concatenate(groups), [len(group) for group in groups])
    return [EyeColors(*pair) for pair in zip(colors[::2], colors[1::2], strict=True)]


def dark_glasses(colors: list[EyeColors], eyes: EyeShapes, light: SkinLight) -> float:
    """How surely dark glasses cover the eyes of one face: 0 to 1.

    Shadow also darkens the eyes, but keeps the skin's color and the contrast of an open eye, and a lens does
    not. Glasses darken both eyes.

    Args:
      colors: of each eye.
      eyes: those that are seen.
      light: on the face.
    """
    most, lightest = 0.0, 0.0
    for number, (side, (around, inside)) in enumerate(zip(eyes.sides, colors, strict=True)):
        if len(around) < 8 or len(inside) < 8:
            return 0.0
        lids_l, lids_a, lids_b = median_of(around).tolist()
        skin_l, skin_a, skin_b = light.cheeks[side == "left"].tolist()
        level = (lids_l + LIGHTNESS_OFFSET) / (skin_l + LIGHTNESS_OFFSET)
        lightness = np.sort(inside[:, 0])
        contrast = float(lightness[int(0.9 * len(inside))] - lightness[int(0.1 * len(inside))])
        contrast /= lids_l + LIGHTNESS_OFFSET
        flat = _share(contrast, _FLAT)
        if eyes.openness[number] < _LEAST_OPENNESS:
            flat = 0.0
        chroma = math.hypot(skin_a, skin_b)
        gray = 0.0
        if chroma > _LEAST_CHROMA:
            alike = lids_a * skin_a + lids_b * skin_b
            gray = _share(alike / (chroma * max(chroma * level, 3)), _GRAY)
            gray *= _share(contrast, _NO_EYE)
        most = max(most, _share(level, _DARK) * max(flat, gray))
        lightest = max(lightest, level)
    score = most * _share(lightest, _OTHER_DARK)
    return min(max((score - _BELIEVED[0]) / (_BELIEVED[1] - _BELIEVED[0]), 0.0), 1.0)


def _share(value: float, ends: tuple[float, float]) -> float:
    begins, complete = ends
    return min(max((begins - value) / (begins - complete), 0.0), 1.0)

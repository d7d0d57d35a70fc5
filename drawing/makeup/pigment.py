"""Pigment: a color on skin, hair or an iris that takes on the light and the texture of what is below."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, rgb_to_lab
from attention_mesh.drawing.makeup.scene_light import USUAL_SKIN, SkinLight

_HIGHLIGHTS_FROM = 1.15  # lightness relative to the reference up to which light is shading
LEAST_COVER = 1 / 256
"""Less changes no pixel."""


@dataclass(frozen=True)
class Pigment:
    """A color and how it lies on what is below.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on skin of middle level in even light.
      cover: covering power, 0 to 1.
      highlights: what is kept of the highlights below, relative to those without pigment.
    """

    color: tuple[int, int, int]
    cover: float
    highlights: float = 0.6

    @property
    def lightness(self) -> float:
        """L of the color."""
        return float(_lab(self.color)[0])


def lay_pigment(
    lab: np.ndarray,
    cover: np.ndarray,
    pigment: Pigment,
    light: SkinLight,
    reference: float | np.ndarray | None = None,
) -> np.ndarray:
    """Lays pigment on a picture, in place.

    A pixel's lightness relative to the reference multiplies the pigment's, and with it the chroma, as light
    does. What is much lighter is a highlight, which lies on the pigment with no color of its own.

    Args:
      lab: (n, 3) float32 CIELAB, writeable.
      cover: (n,) float32, 0 to 1; without the pigment's covering power.
      pigment: what to lay.
      light: on the face.
      reference: lightness, (n,) or one, at which the pigment has its own color; None for the skin's.

    Returns:
      (m,) int: which pixels changed.
    """
    strength = cover * pigment.cover
    covered = np.flatnonzero(strength > LEAST_COVER)
    if not len(covered):
        return covered
    strength = strength[covered]
    bare = lab[covered]
    if isinstance(reference, np.ndarray):
        reference = reference[covered]
    usual = (light.lightness if reference is None else reference) + LIGHTNESS_OFFSET
    target = _lab(pigment.color) + np.array([0, *light.cast], np.float32)
    relative = (bare[:, 0] + LIGHTNESS_OFFSET) * (1 / usual)
    target[0] += LIGHTNESS_OFFSET
    if relative.max() <= _HIGHLIGHTS_FROM:
        paint = target * (relative * light.level)[:, None]
    else:
        over = np.maximum(relative - _HIGHLIGHTS_FROM, 0)
        shading = (relative - over + 0.5 * over / (1 + 2 * over)) * light.level
        highlight = np.maximum(relative - _HIGHLIGHTS_FROM - 0.05, 0) * (usual * pigment.highlights)
        paint = target * (shading / (1 + 0.02 * highlight))[:, None]
        paint[:, 0] = target[0] * shading + 0.6 * highlight
    paint[:, 0] = np.minimum(paint[:, 0], 100 + LIGHTNESS_OFFSET) - LIGHTNESS_OFFSET
    paint -= bare
    paint *= strength[:, None]
    bare += paint
    lab[covered] = bare
    return covered


def lay_veil(lab: np.ndarray, cover: np.ndarray, pigment: Pigment) -> np.ndarray:
    """Lays a veil of pigment on skin, in place: it tints and shades every pixel from the color that it has.

    Skin of middle level in even light gets the pigment's color; other skin, and skin in other light, changes
    in proportion.

    Args:
      lab: (n, 3) float32 CIELAB, writeable.
      cover: (n,) float32, 0 to 1; without the pigment's covering power.
      pigment: what to lay.

    Returns:
      (m,) int: which pixels changed.
    """
    strength = cover * pigment.cover
    covered = np.flatnonzero(strength > LEAST_COVER)
    bare = lab[covered]
    target = _lab(pigment.color)
    usual = USUAL_SKIN[0] + LIGHTNESS_OFFSET
    shade = (target[0] + LIGHTNESS_OFFSET) / usual
    tint = target[1:] - USUAL_SKIN[1:] * shade
    light = (bare[:, 0] + LIGHTNESS_OFFSET)[:, None]
    strength = strength[covered][:, None]
    factor = 1 + (shade - 1) * strength
    bare[:, 1:] = bare[:, 1:] * factor + tint * (strength * light * (1 / usual))
    bare[:, :1] = np.minimum(light * factor - LIGHTNESS_OFFSET, 100)
    lab[covered] = bare
    return covered


def middle(values: np.ndarray) -> float:
    """The upper median of (n,) values, n at least 1."""
    half = len(values) // 2
    return float(np.partition(values, half)[half])


@cache
def _lab(color: tuple[int, int, int]) -> np.ndarray:
    lab = rgb_to_lab(np.array([[color]], np.uint8))[0, 0]
    lab.flags.writeable = False
    return lab

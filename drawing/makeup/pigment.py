"""Pigment: a color on skin, hair or an iris that takes on the light and the texture of what is below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices, put_planes
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
      lab: (3, n) float32 CIELAB, writeable.
      cover: (n,) float32, 0 to 1; without the pigment's covering power.
      pigment: what to lay.
      light: on the face.
      reference: lightness, (n,) or one, at which the pigment has its own color; None for the skin's.

    Returns:
      (m,) int: which pixels changed.
    """
    strength = cover * pigment.cover
    covered = indices(strength > LEAST_COVER)
    if not len(covered):
        return covered
    strength = strength[covered]
    bare = lab.take(covered, axis=1)
    if isinstance(reference, np.ndarray):
        reference = reference[covered]
    usual = (light.lightness if reference is None else reference) + LIGHTNESS_OFFSET
    lightness, *chroma = _lab(pigment.color).tolist()
    cast = light.cast.tolist()
    color = np.array([lightness + LIGHTNESS_OFFSET, chroma[0] + cast[0], chroma[1] + cast[1]], np.float32)
    relative = bare[0] + LIGHTNESS_OFFSET
    relative *= 1 / usual
    most = float(np.maximum.reduce(relative))
    if most <= _HIGHLIGHTS_FROM:
        relative *= light.level
        paint = color[:, None] * relative
        most *= light.level * (lightness + LIGHTNESS_OFFSET)
    else:
        over = np.maximum(relative - _HIGHLIGHTS_FROM, 0)
        shading = (relative - over + 0.5 * over / (1 + 2 * over)) * light.level
        highlight = np.maximum(relative - (_HIGHLIGHTS_FROM + 0.05), 0) * (usual * pigment.highlights)
        paint = color[:, None] * shading
        paint[0] += 0.6 * highlight
        paint[1:] /= 1 + 0.02 * highlight  # white light takes chroma
        most = math.inf
    if most > 100 + LIGHTNESS_OFFSET:
        np.minimum(paint[0], np.float32(100 + LIGHTNESS_OFFSET), out=paint[0])
    paint[0] -= LIGHTNESS_OFFSET
    paint -= bare
    paint *= strength
    bare += paint
    put_planes(lab, covered, bare)
    return covered


def lay_veil(lab: np.ndarray, cover: np.ndarray, pigment: Pigment) -> None:
    """Lays a veil of pigment on skin, in place: it tints and shades every pixel from the color that it has.

    Skin of middle level in even light gets the pigment's color; other skin, and skin in other light, changes
    in proportion.

    Args:
      lab: (3, n) float32 CIELAB, writeable.
      cover: (n,) float32, 0 to 1; without the pigment's covering power.
      pigment: what to lay.
    """
    target = _lab(pigment.color)
    usual = float(USUAL_SKIN[0]) + LIGHTNESS_OFFSET
    shade = (float(target[0]) + LIGHTNESS_OFFSET) / usual
    tint = (target[1:] - USUAL_SKIN[1:] * shade).tolist()
    strength = cover * np.float32(pigment.cover)
    lightness = lab[0] + LIGHTNESS_OFFSET
    tinted = strength * lightness
    tinted *= 1 / usual
    factor = strength
    factor *= shade - 1
    factor += 1
    lightness *= factor
    np.subtract(lightness, LIGHTNESS_OFFSET, out=lab[0])
    lab[0].clip(-LIGHTNESS_OFFSET, 100, out=lab[0])
    chroma = lab[1:]
    chroma *= factor
    for plane, value in zip(chroma, tint, strict=True):
        plane += value * tinted


@cache
def _lab(color: tuple[int, int, int]) -> np.ndarray:
    lab = rgb_to_lab(np.array([[color]], np.uint8))[0, 0]
    lab.flags.writeable = False
    return lab

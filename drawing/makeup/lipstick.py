"""Lipstick: a color over the lips' own light and shade, in CIELAB (D65)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices, put_rows
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, lab_to_rgb, median_of, rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.lip_shine import kept_shine, lip_shine
from attention_mesh.drawing.makeup.lip_surface import turned_away
from attention_mesh.drawing.makeup.mustache import hair_coverage
from attention_mesh.drawing.makeup.occlusion import lip_likeness
from attention_mesh.drawing.makeup.scene_light import SkinLight
from attention_mesh.drawing.makeup.tongue import tongue_coverage

_USUAL_LIP_LIGHTNESS = 42.0  # of lips in even light
# Power with which the level follows the lips': 0 ignores the light, 1 follows it and the tone of the skin.
_FOLLOWED = 0.6
_DIM_LIGHTNESS = 25.0  # of lips, below which the light is dim whatever the skin; in the dark, paint is dark
_MOST_LEVEL = 1.06
_OF_HIGHLIGHT = 0.6  # units of lightness by which one unit of a highlight on the lip lightens the paint
_MOST_PIXELS = 1000  # of which the lips' lightness is taken
MOST_COVER = 0.97
"""Of paint, which is never a lid."""


class Finish(Enum):
    """How paint looks: its covering power, the light that it keeps, and how much it shines."""

    SATIN = "satin"
    MATTE = "matte"
    GLOSS = "gloss"
    SHEER = "sheer"


@dataclass(frozen=True)
class FinishValues:
    """What a finish does.

    Attributes:
      cover: covering power over the lip's own color, 0 to 1.
      highlights: what is kept of the lip's, relative to the lip without paint.
      shine: of the paint itself, relative to that of gloss.
    """

    cover: float
    highlights: float
    shine: float


_VALUES = {
    Finish.MATTE: FinishValues(1.0, 0.45, 0.0),
    Finish.SATIN: FinishValues(0.9, 1.1, 0.0),
    Finish.GLOSS: FinishValues(0.85, 1.25, 1.0),
    Finish.SHEER: FinishValues(0.5, 1.0, 0.0),
}


def finish_values(finish: Finish) -> FinishValues:
    """What a finish does."""
    return _VALUES[finish]


@dataclass(frozen=True)
class Lipstick:
    """A lipstick.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on a lip of middle level in even light.
      finish: how it looks.
      intensity: 0 to 1; 0 leaves the lips alone.
    """

    color: tuple[int, int, int]
    finish: Finish = Finish.SATIN
    intensity: float = 1.0


def paint_lipstick(
    image: np.ndarray,
    mask: LipMask,
    landmarks_px: np.ndarray,
    lipstick: Lipstick,
    skin: SkinLight,
    follow_light: bool = True,
    memory: LipMemory | None = None,
) -> None:
    """Paints the lips of one face, in place. Pixels that the mask does not cover keep every bit.

    The paint takes on the shading of the lip: a pixel's lightness relative to the lips' median multiplies the
    paint's, and with it the chroma, as light does. What is much lighter than the lip is a highlight, which
    lies on the paint with no color of its own.

    Args:
      image: (H, W, 3) uint8 RGB, writeable.
      mask: of the lips.
      landmarks_px: (N, 3 or 2) float; x, y in pixels of the image, z on x's scale, smaller is nearer. With z,
        shine follows the lips' shape.
      lipstick: what to paint with.
      skin: of this face, before anything was painted; in a video, steadied.
      follow_light: whether the color follows the level and the cast of the light on the face.
      memory: of this face, in a video.
    """
    part = image[mask.part]
    values = _VALUES[lipstick.finish]
    coarse = rgb_to_lab(part[:: mask.step, :: mask.step])
    cover = visible_lips(image, mask, landmarks_px, skin, coarse)
    if memory:
        cover = memory.cover(mask, cover)
    covered = indices(cover > 0)  # a third of the part: the rest is skin and the opening
    if not len(covered) or lipstick.intensity <= 0:
        return
    cover = cover.ravel()[covered]
    pixels = part.reshape(-1, 3)  # a copy: rows of a part are not contiguous
    bare = rgb_to_lab(pixels.take(covered, axis=0)[None])[0]
    sure = cover > 0.9
    lightness = bare[sure, 0] if sure.any() else bare[:, 0]
    middle = float(median_of(lightness[:: 1 + len(lightness) // _MOST_PIXELS, None])[0])
    cast = skin.cast if follow_light else np.zeros(2, np.float32)
    if memory:
        middle = float(memory.measure("lips", np.array([middle], np.float32))[0])
    target = rgb_to_lab(np.array([[lipstick.color]], np.uint8))[0, 0]
    target[1:] += cast
    level = 1.0
    if follow_light:
        usual = (middle + LIGHTNESS_OFFSET) / (_USUAL_LIP_LIGHTNESS + LIGHTNESS_OFFSET)
        dim = min(max(1 - middle / _DIM_LIGHTNESS, 0.0), 1.0)
        level = min(usual ** (_FOLLOWED + (1 - _FOLLOWED) * dim), _MOST_LEVEL)
    light = (bare[:, 0] + LIGHTNESS_OFFSET) * (1 / (middle + LIGHTNESS_OFFSET))
    # Up to this, light is shading; from here on it turns into a highlight.
    over = np.maximum(light - 1.15, 0)
    shading = (light - over + 0.5 * over / (1 + 2 * over)) * level
    highlight = np.maximum(light - 1.2, 0) * ((middle + LIGHTNESS_OFFSET) * values.highlights)
    lightness = (target[0] + LIGHTNESS_OFFSET) * shading - LIGHTNESS_OFFSET + _OF_HIGHLIGHT * highlight
    strength = cover * (min(lipstick.intensity, 1.0) * values.cover * MOST_COVER)
    if values.shine:
        relative = (coarse[..., 0] + LIGHTNESS_OFFSET) * (1 / (middle + LIGHTNESS_OFFSET))
        shine = lip_shine(mask, landmarks_px, relative).ravel()[covered]
        shine *= values.shine * level**2
        own, added = bare[:, 0], _OF_HIGHLIGHT * strength * shine
        matte = own + (lightness - own) * strength
        kept = kept_shine(own[sure], matte[sure], added[sure]) if sure.any() else 1.0
        if memory:
            kept = float(memory.measure("shine", np.array([kept]))[0])
        shine *= kept
        highlight += shine
        lightness += _OF_HIGHLIGHT * shine
    chroma = shading / (1 + 0.02 * highlight)  # white light takes chroma
    paints = np.minimum(lightness, 100), target[1] * chroma, target[2] * chroma
    for channel, paint in enumerate(paints):
        bare[:, channel] += (paint - bare[:, channel]) * strength
    put_rows(pixels, covered, lab_to_rgb(bare[None])[0])
    part[...] = pixels.reshape(part.shape)


def visible_lips(
    image: np.ndarray,
    mask: LipMask,
    landmarks_px: np.ndarray,
    skin: SkinLight,
    coarse: np.ndarray | None = None,
) -> np.ndarray:
    """(h, w) float32: the mask's coverage without what lies before the lips: a hand, hair or the tongue.

    Args:
      image: (H, W, 3) uint8 RGB, its lips not painted.
      mask: of the lips.
      landmarks_px: (N, 3 or 2) float, as of `paint_lipstick`.
      skin: of this face.
      coarse: (h, w, 3) float32 CIELAB of every `mask.step`-th pixel of the mask's part, if it is known.
    """
    step = mask.step
    if coarse is None:
        coarse = rgb_to_lab(image[mask.part][::step, ::step])
    seen = lip_likeness(coarse, mask.coverage[::step, ::step], mask.width_px / step)
    hair = hair_coverage(image, coarse, mask, skin.color)
    if hair is not None:
        seen = seen * (1 - hair)
    cover = mask.coverage * mask.enlarged(seen)
    for hidden in (turned_away(mask, landmarks_px), tongue_coverage(image, mask)):
        if hidden is not None:
            cover *= 1 - hidden
    return cover

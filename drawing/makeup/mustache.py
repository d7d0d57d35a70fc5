"""Mustaches over lips: their color is taken from above the upper lip, where there is skin without them."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, lab_at, median_of
from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.drawing.makeup.soft_blur import soft_blur

_ABOVE = np.array([0.05, 0.08, 0.11, 0.14, 0.17, 0.2], np.float32)  # of the mouth's width, over the upper lip
_LOWER = np.array([0.3, 0.5, 0.7], np.float32)  # parts of the way across the lower lip
_MIDDLE, _LOWER_MIDDLE = slice(8, 33), slice(14, 27)  # of the 41 points of a contour
# Lightness (L + 16) over the upper lip relative to the skin's, from which on down there may be hair, and is.
_BARE, _HAIRY = 0.55, 0.45
# The same if the chroma is below what a shadow would leave: gray and black hair has hardly any.
_BARE_IF_GRAY, _HAIRY_IF_GRAY = 0.75, 0.65
_SHADOW, _GRAY = 0.7, 0.5
_LEAST_CHROMA = 9.0  # of skin in a picture that has colors; without them, shaded lips look like hair
_WEIGHTS = np.array([0.4, 1.5, 1], np.float32)  # the upper lip is often in shadow; redness is what hair lacks
_LEAST, _CLEAR = 7.0, 12.0  # differences of lip and hair at which no lip is seen, and a lip is
_HAIR, _LIP = 0.15, 0.4  # parts of the way from the hair's color to the lip's
_SMOOTHED = 0.012  # standard deviation relative to the mouth's width


def hair_coverage(image: np.ndarray, lab: np.ndarray, mask: LipMask, skin: np.ndarray) -> np.ndarray | None:
    """Where a mustache or a beard hides the lips.

    Args:
      image: (H, W, 3) uint8 RGB, not painted.
      lab: (h, w, 3) CIELAB of every `mask.step`-th pixel of the mask's part of it.
      mask: of the lips.
      skin: (3,) CIELAB of the face's skin where no hair grows.

    Returns:
      (h, w) float32 of these pixels, 0 to 1; None if there is no hair over the upper lip.
    """
    upper_outer, lower_outer, _, lower_inner = mask.contours_px
    up = np.add.reduce(upper_outer[_MIDDLE] - lower_outer[_MIDDLE])  # only its direction counts
    up *= mask.width_px / max(float(np.hypot(*up)), 1e-3)
    above = upper_outer[_MIDDLE] + up * _ABOVE[:, None, None]
    hair = median_of(lab_at(image, above).reshape(-1, 3))
    hairy, gray = _hairiness(hair, skin)
    if hairy == 0:
        return None
    lower = lower_inner + (lower_outer - lower_inner) * _LOWER[:, None, None]
    lip = median_of(lab_at(image, lower[:, _LOWER_MIDDLE]).reshape(-1, 3))
    way = (lip - hair) * _WEIGHTS
    length = float(np.linalg.norm(way))
    seen = float(np.clip((length - _LEAST) / (_CLEAR - _LEAST), 0, 1))
    along = (lab - hair) @ (way * _WEIGHTS) * (1 / max(length, 1.0) ** 2)
    along = soft_blur(along, max(_SMOOTHED * mask.width_px / mask.step, 0.6))
    told = hairy * np.clip((_LIP - along) * (1 / (_LIP - _HAIR)), 0, 1)
    return (seen * told + (1 - seen) * gray).astype(np.float32)


def _hairiness(color: np.ndarray, skin: np.ndarray) -> tuple[float, float]:
    """0 for skin to 1 for hair, and the same by its lack of chroma alone. Both colors are (3,) CIELAB."""
    chroma = float(np.hypot(*skin[1:]))
    if chroma < _LEAST_CHROMA:
        return 0.0, 0.0
    lightness = float((color[0] + LIGHTNESS_OFFSET) / (skin[0] + LIGHTNESS_OFFSET))
    left = float(np.hypot(*color[1:])) / (chroma * lightness)  # a shadow scales L + 16, a and b alike
    gray = _falling(left, _SHADOW, _GRAY) * _falling(lightness, _BARE_IF_GRAY, _HAIRY_IF_GRAY)
    return max(gray, _falling(lightness, _BARE, _HAIRY)), gray


def _falling(value: float, none: float, full: float) -> float:
    """0 from `none` on, 1 up to `full`, which is below it."""
    return min(max((none - value) / (none - full), 0.0), 1.0)

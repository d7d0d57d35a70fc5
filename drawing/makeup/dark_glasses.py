"""Dark glasses, told from the colors around the eyes: makeup of eyes is not painted on them."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import EyeShape
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, rgb_to_lab
from attention_mesh.drawing.makeup.scene_light import SkinLight

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


def dark_glasses(image: np.ndarray, eyes: list[EyeShape], light: SkinLight) -> float:
    """How surely dark glasses cover the eyes of one face: 0 to 1.

    Shadow also darkens the eyes, but keeps the skin's color and the contrast of an open eye, and a lens does
    not. Glasses darken both eyes.

    Args:
      image: (H, W, 3) uint8 RGB.
      eyes: those that are seen.
      light: on the face.
    """
    most, lightest = 0.0, 0.0
    for eye in eyes:
        skin = light.cheeks[eye.side == "left"]
        rings = np.concatenate([eye.upper[1:3, _EVERY], eye.lower[1:3, _EVERY]]).reshape(-1, 2)
        opening = (eye.upper[0] + (eye.lower[0] - eye.upper[0]) * _ACROSS).reshape(-1, 2)
        around, inside = _colors(image, rings), _colors(image, opening)
        if len(around) < 8 or len(inside) < 8:
            return 0.0
        middle = np.sort(around, axis=0)[len(around) // 2]
        level = float(middle[0] + LIGHTNESS_OFFSET) / float(skin[0] + LIGHTNESS_OFFSET)
        lightness = np.sort(inside[:, 0])
        contrast = float(lightness[int(0.9 * len(inside))] - lightness[int(0.1 * len(inside))])
        contrast /= float(middle[0] + LIGHTNESS_OFFSET)
        flat = _share(contrast, _FLAT)
        if eye.openness < _LEAST_OPENNESS:
            flat = 0.0
        chroma = float(np.hypot(skin[1], skin[2]))
        gray = 0.0
        if chroma > _LEAST_CHROMA:
            gray = _share(float(middle[1:] @ skin[1:]) / (chroma * max(chroma * level, 3)), _GRAY)
            gray *= _share(contrast, _NO_EYE)
        most = max(most, _share(level, _DARK) * max(flat, gray))
        lightest = max(lightest, level)
    score = most * _share(lightest, _OTHER_DARK)
    return min(max((score - _BELIEVED[0]) / (_BELIEVED[1] - _BELIEVED[0]), 0.0), 1.0)


def _share(value: float, ends: tuple[float, float]) -> float:
    begins, complete = ends
    return min(max((begins - value) / (begins - complete), 0.0), 1.0)


def _colors(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(n, 3) float32 CIELAB at those of the places (P, 2) px that lie in the image."""
    inside = ((places >= 0) & (places < (image.shape[1], image.shape[0]))).all(axis=1)
    x, y = places[inside].astype(int).T
    return rgb_to_lab(image[y, x][None])[0] if len(x) else np.zeros((0, 3), np.float32)

"""Eyeshadow: color that is full on the lid and fades from its crease to the brow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import POINTS, EyeShape
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.72
_LEVELS = 9  # nested shapes that make up the fade
_FEATHER = 0.055  # relative to the eye's width
_RIM_FEATHER = 0.012
# Rows of the upper side: 0 the rim, 1 the fold, 2 the orbit, 3 the brow.
_FULL, _GONE = 0.9, 2.65
_CREASE = (0.85, 2.35)
_LOWER_GONE = 1.15


class ShadowFinish(Enum):
    """How eyeshadow looks."""

    MATTE = "matte"
    SHIMMER = "shimmer"


@dataclass(frozen=True)
class Eyeshadow:
    """An eyeshadow.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on skin of middle level in even light.
      crease_color: of the fold and the outer corner; None for `color`.
      finish: how it looks.
      intensity: 0 to 1; 0 leaves the lids alone.
      lower: strength below the eye, 0 (none) to 1.
    """

    color: tuple[int, int, int]
    crease_color: tuple[int, int, int] | None = None
    finish: ShadowFinish = ShadowFinish.MATTE
    intensity: float = 0.7
    lower: float = 0.0

    @property
    def pigment(self) -> Pigment:
        shimmer = self.finish is ShadowFinish.SHIMMER
        return Pigment(self.color, COVER * self.intensity, 1.6 if shimmer else 0.5)

    @property
    def crease_pigment(self) -> Pigment | None:
        """None if the crease has no color of its own."""
        return None if self.crease_color is None else Pigment(self.crease_color, COVER * self.intensity, 0.5)


def eyeshadow_coverage(part: FacePart, eye: EyeShape, shadow: Eyeshadow) -> np.ndarray:
    """(height, width) float32 coverage of the lids in a part of the image, 0 to 1."""
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    reach = 1 - 0.45 * np.clip((t - 0.45) / 0.55, 0, 1) ** 1.5  # lower toward the nose
    drop, down = _drop(eye)
    below = eye.upper[0] + drop[:, None] * down
    levels = []
    for level in range(_LEVELS):
        fade = (level + 0.5) / _LEVELS
        row = _FULL + (_GONE - _FULL) * (1 - fade) ** 1.25
        top = _between(eye.upper, row * reach)
        levels.append((np.concatenate([below, top[::-1]]), (level + 1) / _LEVELS))
    cover = part.soft(levels, _FEATHER * eye.width_px)
    cover *= _cut(part, eye)
    if shadow.lower > 0:
        np.maximum(cover, shadow.lower * _lower_coverage(part, eye), out=cover)
    return cover


def crease_coverage(part: FacePart, eye: EyeShape) -> np.ndarray:
    """(height, width) float32 coverage of the fold and the outer corner in a part of the image, 0 to 1."""
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    outer = np.clip((0.42 - t) / 0.42, 0, 1)
    inner_fade = np.clip((0.95 - t) / 0.35, 0.25, 1)
    levels = []
    for level in range(_LEVELS):
        fade = (level + 0.5) / _LEVELS
        low = (_CREASE[0] + 0.45 * (fade - 0.3)) * (1 - outer) ** 0.7 - 0.3 * outer
        high = _CREASE[0] + (0.45 + (_CREASE[1] - _CREASE[0] - 0.45) * (1 - fade)) * inner_fade
        bottom, top = _between(eye.upper, np.minimum(low, high)), _between(eye.upper, high)
        levels.append((np.concatenate([bottom, top[::-1]]), (level + 1) / _LEVELS))
    cover = part.soft(levels, 1.15 * _FEATHER * eye.width_px)
    return cover * _cut(part, eye)


def lid_shine(part: FacePart, eye: EyeShape) -> np.ndarray:
    """(height, width) float32: where a shimmering lid is bright, its bulge over the iris, 0 to 1."""
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    bulge = np.exp(-(((t - 0.52) / 0.24) ** 2))
    bottom, top = _between(eye.upper, 0.55 - 0.5 * bulge), _between(eye.upper, 0.55 + 0.6 * bulge)
    shine = part.soft([(np.concatenate([bottom, top[::-1]]), 1.0)], 1.3 * _FEATHER * eye.width_px)
    return shine * _cut(part, eye)


def _lower_coverage(part: FacePart, eye: EyeShape) -> np.ndarray:
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    taper = np.clip((1.05 - t) / 0.5, 0.15, 1)
    levels = []
    for level in range(4):
        bottom = _between(eye.lower, _LOWER_GONE * (1 - level / 4) * taper)
        inside = eye.lower[0] + (eye.upper[0] - eye.lower[0]) * 0.25
        levels.append((np.concatenate([inside, bottom[::-1]]), (level + 1) / 4))
    cover = part.soft(levels, 0.6 * _FEATHER * eye.width_px)
    return cover * (1 - part.sharp([eye.opening], eye.width_px, _RIM_FEATHER * eye.width_px))


def _cut(part: FacePart, eye: EyeShape) -> np.ndarray:
    """(height, width) float32: 1 above the upper lid's rim, 0 in the eye and below a closed lid."""
    drop, down = _drop(eye)
    gap = np.maximum((eye.lower[0] - eye.upper[0]) @ down, 0)
    bottom = eye.upper[0] + np.maximum(gap, 2.5 * drop)[:, None] * down
    lens = np.concatenate([eye.upper[0], bottom[::-1]])
    return 1 - part.sharp([lens], eye.width_px, _RIM_FEATHER * eye.width_px)


def _drop(eye: EyeShape) -> tuple[np.ndarray, np.ndarray]:
    """How far (P,), in pixels, a shape goes on below the rim, and which way (2,) that is.

    The blur then leaves full color at the rim, and the rim's own border cuts it off.
    """
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    down = (eye.lower[2] - eye.upper[2]).mean(axis=0)
    down /= max(float(np.linalg.norm(down)), 1e-6)
    return 1.6 * _FEATHER * eye.width_px * np.sin(np.pi * t).clip(0) ** 0.5, down


def _between(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(P, 2) curve at a place between the rows (R, P, 2): 0 is the first one; `at` (P,) may lie beyond."""
    row = np.clip(at.astype(int), 0, len(rows) - 2)
    point = np.arange(len(at))
    first, second = rows[row, point], rows[row + 1, point]
    return first + (second - first) * (at - row)[:, None]

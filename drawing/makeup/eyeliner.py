"""Eyeliner: a line along the lashes' roots, thicker toward the outer corner, with a wing if wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import POINTS, EyeShape
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.88
_THICKEST = 0.12  # relative to the eye's width
_HAIRLINE = 0.014
_INTO_EYE = 0.012  # no skin shows between line and eye
_OF_FOLD = 0.85  # a line leaves some of a narrow lid free
_LONGEST_WING = 0.36
_FEATHER = 0.013
_WING_FROM = 0.3  # part of the lid, from the outer corner, whose line rises into the wing
_WING_LEAVES = 2  # point of the lid's rim, from the outer corner, at which the lower edge leaves it
_TOWARD_BROW = 0.4  # of the wing's direction; the rest goes on along the lower lid
_SAG = 0.55  # of the wing's upper edge, from its chord to the corner
_LOWER_LID = 0.7  # part of the lower lid, from the outer corner, that a lower line follows


@dataclass(frozen=True)
class Eyeliner:
    """An eyeliner.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB).
      intensity: 0 to 1; 0 leaves the lids alone.
      thickness: 0 for a hairline, 1 for a broad line.
      wing: length of the wing at the outer corner, 0 (none) to 1.
      lower: strength of the line below the eye, 0 (none) to 1.
    """

    color: tuple[int, int, int] = (18, 15, 16)
    intensity: float = 1.0
    thickness: float = 0.35
    wing: float = 0.0
    lower: float = 0.0

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, COVER * self.intensity, 0.35)


def eyeliner_coverage(part: FacePart, eye: EyeShape, liner: Eyeliner) -> np.ndarray:
    """(height, width) float32 coverage of the line in a part of the image, 0 to 1."""
    width = eye.width_px
    feather = _FEATHER * width
    cover = part.sharp([_upper_line(eye, liner)], width, feather)
    if liner.lower > 0:
        reach = np.linspace(0, 1, POINTS, dtype=np.float32) / _LOWER_LID
        taper = np.clip(1.15 - reach, 0, 1) * np.clip(reach * 5 + 0.4, 0, 1)
        thick = (_HAIRLINE + 0.4 * _THICKEST * liner.thickness) * width * taper
        near, far = band(eye.lower[0], eye.lower[1], -0.3 * _INTO_EYE * width * taper, thick)
        line = part.sharp([np.concatenate([near, far[::-1]])], width, 1.6 * feather)
        np.maximum(cover, line * liner.lower, out=cover)
    return cover


def band(
    rim: np.ndarray, fold: np.ndarray, near_px: np.ndarray | float, far_px: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Two curves beside a lid's rim, (P, 2) each: at these distances from it, toward the fold."""
    along = np.gradient(rim, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    if ((fold - rim) * normal).sum() < 0:
        normal = -normal
    near, far = (np.broadcast_to(each, len(rim)).astype(np.float32) for each in (near_px, far_px))
    return rim + normal * near[:, None], rim + normal * far[:, None]


def _upper_line(eye: EyeShape, liner: Eyeliner) -> np.ndarray:
    """(P, 2) polygon."""
    rim, fold, width = eye.upper[0], eye.upper[1], eye.width_px
    t = np.linspace(0, 1, POINTS, dtype=np.float32)
    taper = 1 - 0.82 * t**1.4
    if liner.wing <= 0:
        taper *= np.clip(0.45 + t * 6, 0, 1)
    room = np.linalg.norm(fold - rim, axis=1)
    room[: POINTS // 4] = np.maximum(room[: POINTS // 4], room[POINTS // 4])
    thick = np.minimum((_HAIRLINE + _THICKEST * liner.thickness) * width * taper, _OF_FOLD * room)
    near, far = band(rim, fold, -_INTO_EYE * width * np.minimum(1, taper * 2), thick)
    if liner.wing <= 0:
        return np.concatenate([near, far[::-1]])
    start = round(_WING_FROM * (POINTS - 1))
    tip = rim[0] + _wing_direction(eye) * (_LONGEST_WING * liner.wing * width)
    # The upper edge hangs a little between lid and tip, and does not dip into the corner.
    chord = (far[start] + tip) / 2
    bend = chord + _SAG * (rim[0] - chord)
    s = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    top = (1 - s) ** 2 * far[start] + 2 * s * (1 - s) * bend + s**2 * tip
    return np.concatenate([far[:start:-1], top, near[_WING_LEAVES:]])


def _wing_direction(eye: EyeShape) -> np.ndarray:
    """(2,) unit vector from the outer corner: on along the lower lid, and up toward the brow's tail."""
    lower = eye.lower[0, 0] - eye.lower[0, POINTS // 5]
    tail = eye.brow[1, 0] - eye.lower[0, 0]
    lower, tail = (each / max(float(np.linalg.norm(each)), 1e-6) for each in (lower, tail))
    direction = lower + _TOWARD_BROW * tail
    return direction / max(float(np.linalg.norm(direction)), 1e-6)

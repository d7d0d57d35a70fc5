"""Eyeliner: a line along the lashes' roots, thicker toward the outer corner, with a wing if wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import ALONG, POINTS, EyeShape
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.88
_THICKEST = 0.12  # relative to the eye's width
_HAIRLINE = 0.014
_INTO_EYE = 0.012  # no skin shows between line and eye
_OF_FOLD = 0.85  # a line leaves some of a narrow lid free
_LONGEST_WING = 0.36
_FEATHER = 0.013
_WING_FROM = 10  # point of the lid's rim, from the outer corner, whose line rises into the wing
_WING_LEAVES = 4  # point of the lid's rim, from the outer corner, at which the lower edge leaves it
_TOWARD_BROW = 0.4  # of the wing's direction; the rest goes on along the lower lid
_SAG = 0.55  # of the wing's upper edge, from its chord to the corner
_TAPER = 1 - 0.82 * ALONG**1.4
_ROUND_END = np.clip(0.45 + 6 * ALONG, 0, 1)  # at the outer corner, without a wing
_LOWER_LID = 0.7  # part of the lower lid, from the outer corner, that a lower line follows
_LOWER_TAPER = np.clip(1.15 - ALONG / _LOWER_LID, 0, 1) * np.clip(0.4 + 5 * ALONG / _LOWER_LID, 0, 1)


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
    lines = [_upper_line(eye, liner)]
    if liner.lower > 0:
        thick = (_HAIRLINE + 0.4 * _THICKEST * liner.thickness) * width * _LOWER_TAPER
        near = (-0.3 * _INTO_EYE * width) * _LOWER_TAPER
        lines.insert(0, band(eye.lower[0], eye.down, near, thick))
    values = (liner.lower, 1) if liner.lower > 0 else (1,)
    return part.sharp(np.stack(lines), width, _FEATHER * width, values)


def band(rim: np.ndarray, outward: np.ndarray, near_px: np.ndarray, far_px: np.ndarray) -> np.ndarray:
    """A polygon beside a lid's rim.

    Args:
      rim: (P, 2) px.
      outward: (2,) from the eye to the skin, roughly.
      near_px, far_px: (P,) distances of the polygon's edges from the rim, outward.

    Returns:
      (2 × P, 2) px.
    """
    normal = _normals(rim, outward)
    return np.concatenate([rim + normal * near_px[:, None], (rim + normal * far_px[:, None])[::-1]])


def _normals(rim: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """(P, 2) unit vectors across a curve."""
    along = np.empty_like(rim)
    along[1:-1] = rim[2:] - rim[:-2]
    along[[0, -1]] = rim[[1, -1]] - rim[[0, -2]]
    along *= 1 / np.maximum(np.sqrt(np.einsum("pc,pc->p", along, along)), 1e-6)[:, None]
    normal = along[:, ::-1] * np.array([1, -1], np.float32)
    return normal if float(normal.sum(axis=0) @ outward) > 0 else -normal


def _upper_line(eye: EyeShape, liner: Eyeliner) -> np.ndarray:
    """(2 × POINTS, 2) polygon."""
    rim, width = eye.upper[0], eye.width_px
    taper = _TAPER if liner.wing > 0 else _TAPER * _ROUND_END
    room = (rim - eye.upper[1]) @ eye.down
    room[:_WING_FROM] = np.maximum(room[:_WING_FROM], room[_WING_FROM])
    wanted = (_HAIRLINE + _THICKEST * liner.thickness) * width * taper
    thick = np.minimum(wanted, np.maximum(_OF_FOLD * room, _HAIRLINE * width * taper))
    outline = band(rim, -eye.down, (-_INTO_EYE * width) * np.minimum(1, taper * 2), thick)
    if liner.wing <= 0:
        return outline
    near, far = outline[:POINTS], outline[: POINTS - 1 : -1]
    tip = rim[0] + _wing_direction(eye) * (_LONGEST_WING * liner.wing * width)
    # The upper edge hangs a little between lid and tip, and does not dip into the corner.
    chord = (far[_WING_FROM] + tip) / 2
    bend = chord + _SAG * (rim[0] - chord)
    s = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    top = (1 - s) ** 2 * far[_WING_FROM] + 2 * s * (1 - s) * bend + s**2 * tip
    outline = np.concatenate([far[:_WING_FROM:-1], top, near[_WING_LEAVES:]])
    return np.concatenate([outline, np.repeat(near[-1:], 2 * POINTS - len(outline), axis=0)])


def _wing_direction(eye: EyeShape) -> np.ndarray:
    """(2,) unit vector from the outer corner: on along the lower lid, and up toward the brow's tail."""
    corner = eye.lower[0, 0]
    lower, tail = corner - eye.lower[0, POINTS // 5], eye.brow[1, 0] - corner
    direction = lower / max(math.hypot(*lower), 1e-6) + tail * (_TOWARD_BROW / max(math.hypot(*tail), 1e-6))
    return direction / max(math.hypot(*direction), 1e-6)

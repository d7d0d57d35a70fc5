"""Eyeliner: a line along the lashes' roots, thicker toward the outer corner, with a wing if wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.drawing.makeup.eye_shape import ALONG, POINTS, EyeShapes
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.88
_THICKEST = 0.12  # relative to the eye's width
_HAIRLINE = 0.014
_INTO_EYE = 0.012  # no skin shows between line and eye
_OF_FOLD = 0.85  # a line leaves some of a narrow lid free
_LONGEST_WING = 0.36
_WING_FROM = 10  # point of the lid's rim, from the outer corner, whose line rises into the wing
_WING_LEAVES = 4  # point of the lid's rim, from the outer corner, at which the lower edge leaves it
_TOWARD_BROW = 0.4  # of the wing's direction; the rest goes on along the lower lid
_SAG = 0.55  # of the wing's upper edge, from its chord to the corner
_TAPER = 1 - 0.82 * ALONG**1.4
_ROUND_END = np.clip(0.45 + 6 * ALONG, 0, 1)  # at the outer corner, without a wing
_WAY = np.linspace(0, 1, 9, dtype=np.float32)
_BEND = np.stack([(1 - _WAY) ** 2, 2 * _WAY * (1 - _WAY), _WAY**2], axis=1)  # Bézier's, of the upper edge
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


def eyeliner_shapes(eyes: EyeShapes, liner: Eyeliner) -> tuple[np.ndarray, tuple[float, ...]]:
    """Polygons (E, L, 2 × POINTS, 2) px of the lines, the upper one last, and the coverage in them."""
    width = eyes.width_px[:, None]
    lines = np.empty((len(width), 2 if liner.lower > 0 else 1, 2 * POINTS, 2), np.float32)
    lines[:, -1] = _upper_line(eyes, liner)
    if liner.lower > 0:
        thick = (_HAIRLINE + 0.4 * _THICKEST * liner.thickness) * width * _LOWER_TAPER
        near = (-0.3 * _INTO_EYE * width) * _LOWER_TAPER
        band(eyes.lower[:, 0], eyes.outward[1], near, thick, lines[:, 0])
    return lines, (liner.lower, 1) if liner.lower > 0 else (1,)


def band(
    rim: np.ndarray, outward: np.ndarray, near_px: np.ndarray, far_px: np.ndarray, polygon: np.ndarray
) -> None:
    """Writes polygons beside lids' rims.

    Args:
      rim: (E, P, 2) px.
      outward: (E, P, 2) unit vectors across it, from the eye to the skin.
      near_px, far_px: (E, P) distances of the polygon's edges from the rim, outward.
      polygon: (E, 2 × P, 2) px, writeable: the near edge, and the far one on the way back.
    """
    count = rim.shape[1]
    np.add(rim, outward * near_px[..., None], out=polygon[:, :count])
    np.add(rim, outward * far_px[..., None], out=polygon[:, : count - 1 : -1])


def _upper_line(eyes: EyeShapes, liner: Eyeliner) -> np.ndarray:
    """(E, 2 × POINTS, 2) polygons."""
    rim, width = eyes.upper[:, 0], eyes.width_px[:, None]
    taper = _TAPER if liner.wing > 0 else _TAPER * _ROUND_END
    room = np.einsum("epc,ec->ep", rim - eyes.upper[:, 1], eyes.down)
    np.maximum(room[:, :_WING_FROM], room[:, _WING_FROM : _WING_FROM + 1], out=room[:, :_WING_FROM])
    wanted = (_HAIRLINE + _THICKEST * liner.thickness) * width * taper
    thick = np.minimum(wanted, np.maximum(_OF_FOLD * room, _HAIRLINE * width * taper))
    outline = np.empty((len(rim), 2 * POINTS, 2), np.float32)
    band(rim, eyes.outward[0], (-_INTO_EYE * width) * np.minimum(1, taper * 2), thick, outline)
    if liner.wing <= 0:
        return outline
    near, far = outline[:, :POINTS], outline[:, : POINTS - 1 : -1]
    start = far[:, _WING_FROM]
    tip = rim[:, 0] + _wing_direction(eyes) * (_LONGEST_WING * liner.wing * width)
    # The upper edge hangs a little between lid and tip, and does not dip into the corner.
    chord = (start + tip) / 2
    bend = chord + _SAG * (rim[:, 0] - chord)
    top = _BEND @ np.array([start, bend, tip]).transpose(1, 0, 2)
    parts = far[:, :_WING_FROM:-1], top, near[:, _WING_LEAVES:]
    winged = np.empty_like(outline)
    winged[:] = near[:, -1:]
    np.concatenate(parts, axis=1, out=winged[:, : sum(part.shape[1] for part in parts)])
    return winged


def _wing_direction(eyes: EyeShapes) -> np.ndarray:
    """(E, 2) unit vectors from the outer corner: on along the lower lid, and up toward the brow's tail."""
    corner = eyes.lower[:, 0, 0]
    lower, tail = _unit(corner - eyes.lower[:, 0, POINTS // 5]), _unit(eyes.brow[:, 1, 0] - corner)
    return _unit(lower + tail * _TOWARD_BROW)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """(E, 2), as long as 1."""
    return vectors / np.maximum(np.hypot(vectors[:, :1], vectors[:, 1:]), 1e-6)

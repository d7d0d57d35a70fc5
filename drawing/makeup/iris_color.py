"""Iris color: a contact lens, which leaves the pupil, the lights in the eye and the dark rim of the iris."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices
from attention_mesh.drawing.makeup.eye_shape import EyeShapes
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.72
_PUPIL, _PUPIL_SOFT = 0.4, 0.2  # relative to the iris' radius
_PUPIL_COLOR, _PUPIL_COVER = (12, 10, 10), 0.55
_RIM, _RIM_SOFT = 0.92, 0.2
_LID_FEATHER = 0.016  # relative to the eye's width
_LID_SHADOW, _LID_SHADOW_SOFT = 0.5, 0.1  # how much lids darken the iris beside them, and how far
_SHUT, _OPEN = 0.07, 0.14  # height of the opening relative to its width
# How much the print of a lens is lighter around the pupil, and darker at the rim.
_COLLAR, _LIMBUS = 0.12, 0.35
_FIBERS = ((23, 0.3), (37, 1.9), (61, 4.0))  # spokes of the print, and their turn in radians
_FIBER_CONTRAST, _FIBER_PX = 0.03, 12.0  # the contrast, and the iris' radius from which it is full


@dataclass(frozen=True)
class IrisColor:
    """The color of contact lenses.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB).
      intensity: 0 to 1; 0 leaves the irises alone.
    """

    color: tuple[int, int, int]
    intensity: float = 0.8

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, COVER * self.intensity, 1.0)

    @property
    def pupil_pigment(self) -> Pigment:
        """A pupil is darker than the dark iris around it, which the lens hides."""
        return Pigment(_PUPIL_COLOR, _PUPIL_COVER * self.intensity, 1.0)


def seen_irises(eyes: EyeShapes) -> list[int]:
    """The numbers of those eyes whose iris is known and not hidden."""
    return indices((eyes.openness > _SHUT) & np.isfinite(eyes.iris[:, 0, 0])).tolist()


def iris_coverage(
    part: FacePart, eyes: EyeShapes, opening: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coverage of the visible irises without their pupils, of the pupils, and the lens's print.

    Args:
      part: of the image.
      eyes: with irises.
      opening: (E × height, width) uint8, 0 to 255: what lies between the lids.

    Returns:
      (E, height, width) float32 each: the coverages, 0 to 1; and the print's level relative to its color.
    """
    rho, angle = _polar(part, eyes.iris)
    spokes_px = eyes.iris[:, 1:] - eyes.iris[:, :1]
    radius_px = np.add.reduce(np.hypot(spokes_px[..., 0], spokes_px[..., 1]), axis=1) * np.float32(0.25)
    radius_px = np.maximum(radius_px, np.float32(0.5))
    soft = (0.7 / radius_px)[:, None, None]
    cover = _from_0_to_1((_RIM - rho) / np.maximum(soft, _RIM_SOFT) + np.float32(0.5))
    hole = _from_0_to_1((_PUPIL - rho) / np.maximum(soft, _PUPIL_SOFT) + np.float32(0.5))
    opening = opening.reshape(rho.shape)
    shadow = 1 + 2 * int(_LID_SHADOW_SOFT * eyes.size_px)
    inside = np.array([cv2.blur(each, (shadow, shadow)) for each in opening])
    cover *= opening * np.float32(1 / 255)
    cover *= _from_0_to_1((eyes.openness - _SHUT) / (_OPEN - _SHUT)).astype(np.float32)[:, None, None]
    collar, limbus = (rho - 0.5) * (1 / 0.16), _from_0_to_1((rho - 0.68) * (1 / 0.3))
    collar *= -collar
    limbus *= limbus
    relief = 1 + _COLLAR * np.exp(collar) - _LIMBUS * limbus
    relief *= (1 - _LID_SHADOW) + inside * np.float32(_LID_SHADOW / 255)
    contrast = (_FIBER_CONTRAST * np.minimum(radius_px / _FIBER_PX, 1) ** 2)[:, None, None]
    swirl = 3 * rho
    relief += contrast * sum(np.sin(spokes * angle + (turn + swirl)) for spokes, turn in _FIBERS)
    pupil = cover * hole
    cover -= pupil
    return cover, pupil, relief


def _polar(part: FacePart, iris: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the pupil's center relative to the iris' radius, and angle in radians, of each pixel.

    Returns:
      (E, height, width) float32 each.
    """
    center = np.add.reduce(iris[:, 1:], axis=1) * np.float32(0.25)
    u, v = (iris[:, 3] - iris[:, 1]) / 2, (iris[:, 4] - iris[:, 2]) / 2
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    flat = np.abs(area) < 1e-3
    if flat.any():
        u[flat], v[flat], area[flat] = (1, 0), (0, 1), 1
    axes = np.array([[v[:, 1], -v[:, 0]], [-u[:, 1], u[:, 0]]]) / area
    across, down = part.along(center, axes.transpose(0, 2, 1))
    rho, angle = cv2.cartToPolar(across.reshape(part.shape), down.reshape(part.shape))
    return rho.reshape(across.shape), angle.reshape(across.shape)


def _from_0_to_1(values: np.ndarray) -> np.ndarray:
    """Values, in place, not below 0 and not above 1."""
    return values.clip(0, 1, out=values)

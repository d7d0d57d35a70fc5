"""Iris color: a contact lens, which leaves the pupil, the lights in the eye and the dark rim of the iris."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from attention_mesh.drawing.makeup.eye_shape import EyeShape
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
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


def iris_part(eye: EyeShape, size: tuple[int, int]) -> FacePart | None:
    """The part of the image with the iris; None if the iris is unknown, hidden or outside the image."""
    if eye.iris is None or eye.openness <= _SHUT:
        return None
    return face_part(eye.iris, 1, size)


def iris_coverage(part: FacePart, eye: EyeShape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coverage of the visible iris without its pupil, of the pupil, and the lens's print.

    Args:
      part: of the image.
      eye: with an iris.

    Returns:
      (height, width) float32 each: the coverages, 0 to 1; and the print's lightness relative to its color.
    """
    assert eye.iris is not None
    rho, angle = _polar(part, eye.iris)
    radius_px = max(float(np.linalg.norm(eye.iris[1:] - eye.iris[0], axis=1).mean()), 0.5)
    soft = max(_RIM_SOFT, 0.7 / radius_px)
    cover = np.clip((_RIM - rho) / soft + 0.5, 0, 1)
    hole = np.clip((_PUPIL - rho) / max(_PUPIL_SOFT, 0.7 / radius_px) + 0.5, 0, 1)
    opening = part.sharp(eye.opening[None], eye.width_px, _LID_FEATHER * eye.width_px)
    cover *= opening
    inside = cv2.blur(opening, 2 * (1 + 2 * int(_LID_SHADOW_SOFT * eye.width_px),))
    cover *= np.clip((eye.openness - _SHUT) / (_OPEN - _SHUT), 0, 1)
    relief = (
        1 + _COLLAR * np.exp(-(((rho - 0.5) / 0.16) ** 2)) - _LIMBUS * np.clip((rho - 0.68) / 0.3, 0, 1) ** 2
    )
    relief *= 1 - _LID_SHADOW * (1 - inside)
    contrast = _FIBER_CONTRAST * min(radius_px / _FIBER_PX, 1) ** 2
    for spokes, turn in _FIBERS:
        relief += contrast * np.sin(spokes * angle + turn + 3 * rho)
    return cover * (1 - hole), cover * hole, relief


def _polar(part: FacePart, iris: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the pupil's center relative to the iris' radius, and angle in radians, of each pixel."""
    center = iris[1:].mean(axis=0)
    axes = np.stack([iris[3] - iris[1], iris[4] - iris[2]], axis=1) / 2  # columns
    if abs(float(np.linalg.det(axes))) < 1e-3:
        axes = np.eye(2, dtype=np.float32)
    inverse = np.linalg.inv(axes)
    x = np.arange(part.left, part.left + part.width, dtype=np.float32) + 0.5 - center[0]
    y = (np.arange(part.top, part.top + part.height, dtype=np.float32) + 0.5 - center[1])[:, None]
    u, v = inverse[0, 0] * x + inverse[0, 1] * y, inverse[1, 0] * x + inverse[1, 1] * y
    return np.sqrt(u * u + v * v), np.arctan2(v, u)

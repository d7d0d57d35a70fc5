"""Eyeshadow: color that is full on the lid and fades from its crease to the brow.

One soft picture says for each pixel how far above the lid's rim it lies. The coverage of the lid, of the
crease and of the shine are functions of that height and of the place along the eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import ramp
from attention_mesh.drawing.makeup.eye_shape import ALONG, EyeShapes
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.pigment import Pigment

COVER = 0.72
_THINNED = slice(None, None, 4)  # points of a curve that make up a soft shape
_THIN = ALONG[_THINNED]
_LEVELS = 7  # nested shapes that make up the height
_LEVEL_VALUES = tuple((level + 1) / _LEVELS for level in range(_LEVELS))
_LOWER_VALUES = (0.25, 0.5, 0.75, 1)
_FEATHER = 0.085  # relative to the eye's width
# Heights: 0 the lid's rim, 1 its fold, 2 the orbit, 3 the brow.
_TOP = 2.7
_FULL, _GONE = 0.6, 2.6  # of the lid's color
_CREASE, _CREASE_WIDE = 1.25, 0.62
_SHINE, _SHINE_WIDE = 0.55, 0.5
_SHINE_AT, _SHINE_LONG = 0.52, 0.24  # along the eye
_LOWER_GONE = 1.15
# Of nested shapes below the eye, (4, points, 1), relative to the way to the lower fold.
_LOWER_REACH = (
    np.array([1, 0.75, 0.5, 0.25], np.float32)[:, None, None]
    * np.clip((1.05 - _THIN) / 0.5, 0.15, 1)[:, None].astype(np.float32)
    * _LOWER_GONE
)
# How far a shape goes on below the rim, relative to the eye's width: its blur leaves full color at the rim.
_DROP = (1.5 * _FEATHER * np.sin(np.pi * ALONG).clip(0) ** 0.5).astype(np.float32)
# How far the outer end rises toward the brow's tail, (levels, points), relative to the eye's width.
_SWEEP = 0.2 * np.clip(1 - _THIN / 0.3, 0, 1) ** 1.5 * np.linspace(1, 0.2, _LEVELS, dtype=np.float32)[:, None]
_REACH = 1 - 0.45 * np.clip((_THIN - 0.45) / 0.55, 0, 1) ** 1.5  # lower toward the nose


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


class ShadowCoverage(NamedTuple):
    """Coverage of an eyeshadow in a part of the image, (E × height, width) float32 each, 0 to 1.

    Attributes:
      lid: of the whole shadow.
      crease: of the fold and the outer corner; None if the shadow has no color there.
      shine: where a shimmering lid is bright, its bulge over the iris; None if it does not shine.
    """

    lid: np.ndarray
    crease: np.ndarray | None
    shine: np.ndarray | None


def eyeshadow_shapes(eyes: EyeShapes, shadow: Eyeshadow) -> list[tuple[np.ndarray, tuple[float, ...]]]:
    """What shadow leaves out: the eye and all below the lid; with shadow below the eye, then the opening.

    Polygons (E, 1, 2 × POINTS, 2) px, and the coverage in them, 1.
    """
    rim = eyes.upper[:, 0]
    gap = np.einsum("epc,ec->ep", eyes.lower[:, 0] - rim, eyes.down)
    depth = np.maximum(gap, 2.5 * _DROP * eyes.width_px[:, None])
    bottom = rim + depth[..., None] * eyes.down[:, None]
    below = np.concatenate([rim, bottom[:, ::-1]], axis=1)[:, None]
    return [(below, (1,)), (eyes.opening, (1,))] if shadow.lower > 0 else [(below, (1,))]


def eyeshadow_coverage(
    part: FacePart, eyes: EyeShapes, shadow: Eyeshadow, left_out: Sequence[np.ndarray]
) -> ShadowCoverage:
    """The coverage of the eyes' shadow.

    Args:
      part: of the image.
      eyes: of which it is.
      shadow: what covers them.
      left_out: (E × height, width) float32 each, coverage of the shapes of `eyeshadow_shapes`.
    """
    rim, down = eyes.upper[:, 0, _THINNED], eyes.down[:, None]
    count, feather = rim.shape[1], _FEATHER * eyes.size_px
    drop = _DROP[_THINNED] * eyes.width_px[:, None]
    polygons = np.empty((len(rim), _LEVELS, 2 * count, 2), np.float32)
    polygons[:, :, :count] = (rim + drop[..., None] * down)[:, None]
    tops = (_weights(_LEVELS) @ eyes.upper[:, :, _THINNED].transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)
    sweep = (_SWEEP * eyes.width_px[:, None, None])[..., None] * down[:, None]
    np.subtract(tops, sweep, out=polygons[:, :, : count - 1 : -1])
    # What is soft is computed on a coarser canvas.
    canvas = part.coarser(feather)
    height = canvas.soft(polygons.reshape(len(rim), -1, 2), (2 * count,) * _LEVELS, _LEVEL_VALUES, feather)
    lid_table, crease_table, corner_table, shine_table = _tables()
    free = 1 - left_out[0]
    lid = part.enlarged(cv2.LUT(height, lid_table), canvas) * free
    crease = shine = None
    if shadow.crease_color is not None or shadow.finish is ShadowFinish.SHIMMER:
        along = _along(canvas, eyes)
        if shadow.crease_color is not None:
            crease = cv2.LUT(height, crease_table)
            crease *= np.maximum(ramp(along, 0.95, 0.6), 0.2)
            corner = cv2.LUT(height, corner_table)
            corner *= ramp(along, 0.4, 0)
            crease = part.enlarged(np.maximum(crease, corner, out=crease), canvas) * free
        if shadow.finish is ShadowFinish.SHIMMER:
            shine = cv2.LUT(height, shine_table)
            middle = (along - _SHINE_AT) * (1 / _SHINE_LONG)
            middle *= -middle
            shine *= np.exp(middle, out=middle)
            shine = part.enlarged(shine, canvas) * free
    if shadow.lower > 0:
        lower = _lower_coverage(part, eyes) * np.float32(shadow.lower / 255)
        lower *= 1 - left_out[1]
        np.maximum(lid, lower, out=lid)
    return ShadowCoverage(lid, crease, shine)


def _lower_coverage(part: FacePart, eyes: EyeShapes) -> np.ndarray:
    """(E × height, width) uint8, 0 to 255: shadow below the eyes, and in them."""
    rim = eyes.lower[:, 0, _THINNED]
    count = rim.shape[1]
    polygons = np.empty((len(rim), len(_LOWER_REACH), 2 * count, 2), np.float32)
    polygons[:, :, :count] = (rim + (eyes.upper[:, 0, _THINNED] - rim) * np.float32(0.25))[:, None]
    reach = (eyes.lower[:, 1, _THINNED] - rim)[:, None] * _LOWER_REACH
    np.add(rim[:, None], reach, out=polygons[:, :, : count - 1 : -1])
    counts, feather = (2 * count,) * len(_LOWER_VALUES), 0.4 * _FEATHER * eyes.size_px
    return part.soft(polygons.reshape(len(rim), -1, 2), counts, _LOWER_VALUES, feather)


def _along(canvas: FacePart, eyes: EyeShapes) -> np.ndarray:
    """(E × height, width) float32: place of each pixel, 0 at the eye's outer corner, 1 at the inner one."""
    outer = eyes.upper[:, 0, 0]
    axis = eyes.upper[:, 0, -1] - outer
    axis /= np.maximum((axis * axis).sum(axis=1, keepdims=True), 1e-6)
    return canvas.along(outer, axis).reshape(canvas.shape)


@cache
def _weights(levels: int) -> np.ndarray:
    """(points, levels, 4) float32: makes the tops of the nested shapes of an eye's upper curves."""
    weights = np.zeros((len(_THIN), levels, 4), np.float32)
    for level in range(levels):
        at = _TOP * (1 - level / levels) * _REACH
        row = np.minimum(at.astype(int), 2)
        point = np.arange(len(_THIN))
        weights[point, level, row] = 1 - (at - row)
        weights[point, level, row + 1] = at - row
    return weights


@cache
def _tables() -> tuple[np.ndarray, ...]:
    """(256,) float32 each: coverage by height for lid, crease, outer corner and shine."""
    level = np.linspace(0, 1, 256, dtype=np.float32)
    height = _TOP * (1 - level)
    lid = np.clip((_GONE - height) / (_GONE - _FULL), 0, 1)
    lid = lid**2 * (1.5 - 0.5 * lid)
    edge = np.clip(level / 0.4, 0, 1)
    edge *= edge * (3 - 2 * edge)
    crease = np.exp(-(((height - _CREASE) / _CREASE_WIDE) ** 2)) * edge
    corner = lid * np.clip(height / 0.3, 0.6, 1)
    shine = np.exp(-(((height - _SHINE) / _SHINE_WIDE) ** 2))
    return tuple(table.astype(np.float32) for table in (lid * edge, crease, corner * edge, shine * edge))

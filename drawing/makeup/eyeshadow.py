"""Eyeshadow: color that is full on the lid and fades from its crease to the brow.

One soft picture says for each pixel how far above the lid's rim it lies. The coverage of the lid, of the
crease and of the shine are functions of that height and of the place along the eye, which a table has.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

import cv2
import numpy as np

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
_COLUMNS = 41  # of the table of coverage, from the outer corner to the inner one
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


def eyeshadow_pictures(part: FacePart, eyes: EyeShapes, shadow: Eyeshadow) -> dict[str, np.ndarray]:
    """Pictures of a shadow that goes on over what `eyeshadow_shapes` leaves out.

    Args:
      part: of the image.
      eyes: of which it is.
      shadow: what covers them.

    Returns:
      (E × height, width) uint8 each, coverage from 0 to 255: "eyeshadow" of the whole shadow; if it has a
      color there, "crease" of the fold and the outer corner; if it shimmers, "shine", where the lid is
      bright, its bulge over the iris; and with shadow below the eye, "lower", without its strength.
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
    names = ["eyeshadow"]
    if shadow.crease_color is not None:
        names.append("crease")
    if shadow.finish is ShadowFinish.SHIMMER:
        names.append("shine")
    if len(names) == 1:
        planes = [
            part.enlarged(cv2.LUT(height, np.ascontiguousarray(_table(("eyeshadow",))[:, 0, 0])), canvas)
        ]
    else:
        along = _along(canvas, eyes)
        along *= _COLUMNS - 1
        place = along, height.astype(np.float32)
        covers = cv2.remap(_table(tuple(names)), *place, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        planes = list(cv2.split(part.enlarged(covers, canvas)))
    pictures = dict(zip(names, planes, strict=True))
    if shadow.lower > 0:
        pictures["lower"] = _lower_coverage(part, eyes)
    return pictures


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
def _table(names: tuple[str, ...]) -> np.ndarray:
    """(256, columns, K) uint8: pictures of `eyeshadow_pictures` by the height and the place along the eye."""
    level, along = np.linspace(0, 1, 256)[:, None], np.linspace(0, 1, _COLUMNS)
    height = _TOP * (1 - level)
    lid = np.clip((_GONE - height) / (_GONE - _FULL), 0, 1)
    lid = lid**2 * (1.5 - 0.5 * lid)
    edge = np.clip(level / 0.4, 0, 1)
    edge *= edge * (3 - 2 * edge)
    fold = np.exp(-(((height - _CREASE) / _CREASE_WIDE) ** 2)) * np.clip((0.95 - along) / 0.35, 0.2, 1)
    corner = lid * np.clip(height / 0.3, 0.6, 1) * np.clip((0.4 - along) / 0.4, 0, 1)
    bulge = ((height - _SHINE) / _SHINE_WIDE) ** 2 + ((along - _SHINE_AT) / _SHINE_LONG) ** 2
    covers = {
        "eyeshadow": lid * edge * np.ones_like(along),
        "crease": np.maximum(fold, corner) * edge,
        "shine": np.exp(-bulge) * edge,
    }
    return np.rint(255 * np.stack([covers[name] for name in names], axis=-1)).astype(np.uint8)

"""Coverage of what is painted on and around the eyes: brows, shadow, lashes, liner and lenses.

The borders of all lines and of the shadow are sampled as one picture: small pictures cost by their number.
Coverage stays in bytes until it is known which pixels it concerns.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices
from attention_mesh.drawing.makeup.brow_tint import brow_coverage
from attention_mesh.drawing.makeup.eye_shape import POINTS, EyeShapes
from attention_mesh.drawing.makeup.eyeliner import eyeliner_shapes
from attention_mesh.drawing.makeup.eyeshadow import eyeshadow_pictures, eyeshadow_shapes
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.iris_color import iris_coverage, seen_irises
from attention_mesh.drawing.makeup.lash_line import lash_line_shapes
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.pigment import LEAST_COVER

_FEATHER = 0.013  # of lines and of the shadow's border at the rim, relative to the eye's width
_UNIT = np.float32(1 / 255)
_SOME_IRIS = np.array(
    [(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)], np.float32
)  # px, of one that is not painted


class LensCoverage(NamedTuple):
    """What lenses cover: m of the pixels of an `EyeCoverage`.

    Attributes:
      at: (m,) int, their indices among these pixels.
      iris: (m,) float32 coverage of the irises without their pupils, 0 to 1.
      pupil: the same of the pupils.
      relief: (m,) float32, the level of the lens's print relative to its color.
    """

    at: np.ndarray
    iris: np.ndarray
    pupil: np.ndarray
    relief: np.ndarray


class EyeCoverage(NamedTuple):
    """What the products of a look cover in a part of the image.

    Attributes:
      where: (n,) int, indices of pixels on the part's canvas, in order: all that anything covers.
      ends: for each eye, where its pixels end among these.
      products: (n,) float32 coverage, 0 to 1, by "brow_tint", "eyeshadow", "crease" and "shine" (parts of the
        shadow), "lash_line" and "eyeliner".
      lenses: None if no iris is seen, or the look has none.
    """

    where: np.ndarray
    ends: list[int]
    products: dict[str, np.ndarray]
    lenses: LensCoverage | None


def eye_coverage(part: FacePart, eyes: EyeShapes, look: Look) -> EyeCoverage | None:
    """The coverage of each product of a look; None if it covers nothing.

    What an eye's turn leaves of it is taken into account.

    Args:
      part: of the image.
      eyes: in it.
      look: what is painted.
    """
    shapes = eyeshadow_shapes(eyes, look.eyeshadow) if look.eyeshadow else []
    left_out, lines = len(shapes), []
    if look.lash_line:
        lines.append("lash_line")
        shapes.append(lash_line_shapes(eyes))
    if look.eyeliner:
        lines.append("eyeliner")
        shapes.append(eyeliner_shapes(eyes, look.eyeliner))
    irises = seen_irises(eyes) if look.iris_color else []
    if irises and left_out < 2:
        shapes.append((eyes.opening, (1,)))
    sharp = list(part.sharp(shapes, eyes.size_px, _FEATHER * eyes.size_px)) if shapes else []
    pictures = {"brow_tint": brow_coverage(part, eyes)} if look.brow_tint else {}
    pictures.update(zip(lines, sharp[left_out:], strict=False))
    # What covers anything: a shadow only what is not left out.
    covered = list(pictures.values())
    if look.eyeshadow:
        pictures |= eyeshadow_pictures(part, eyes, look.eyeshadow)
        pictures["lid"] = cv2.bitwise_not(sharp[0])
        covered.append(cv2.min(pictures["eyeshadow"], pictures["lid"]))
        if "lower" in pictures:
            pictures["skin"] = cv2.bitwise_not(sharp[1])
            covered.append(cv2.min(pictures["lower"], pictures["skin"]))
    lenses = _lenses(part, eyes, irises, sharp[1 if left_out == 2 else -1]) if irises else None
    union = reduce(cv2.max, covered) if covered else np.zeros(part.shape, np.uint8)
    if lenses:
        union = union if len(covered) > 1 else union.copy()
        union.reshape(-1)[lenses.at] = 255
    where = indices(union > 0)
    if not len(where):
        return None
    ends = part.ends(where)
    values = {name: picture.take(where) for name, picture in pictures.items()}
    products = {name: values[name] * _UNIT for name in ("brow_tint", *lines) if name in values}
    if look.eyeshadow:
        lid = values["lid"] * _UNIT * _UNIT
        products |= {name: values[name] * lid for name in ("eyeshadow", "crease", "shine") if name in values}
        if "lower" in values:
            lower = values["lower"] * (values["skin"] * (_UNIT * _UNIT * np.float32(look.eyeshadow.lower)))
            np.maximum(products["eyeshadow"], lower, out=products["eyeshadow"])
    if lenses:
        lenses = lenses._replace(at=np.searchsorted(where, lenses.at))
    if eyes.facing.min() < 1:
        facing = np.repeat(eyes.facing, np.diff([0, *ends]))
        products = {name: cover * facing for name, cover in products.items()}
        if lenses:
            seen = facing[lenses.at]
            lenses = lenses._replace(iris=lenses.iris * seen, pupil=lenses.pupil * seen)
    return EyeCoverage(where, ends, products, lenses)


def _lenses(part: FacePart, eyes: EyeShapes, seen: list[int], opening: np.ndarray) -> LensCoverage:
    """The coverage of the irises that are seen, by indices on the part's canvas."""
    hidden = [number for number in range(len(eyes.sides)) if number not in seen]
    if hidden:  # which may be unknown
        iris = eyes.iris.copy()
        iris[hidden] = eyes.upper[hidden, 0, POINTS // 2, None] + _SOME_IRIS
        eyes = eyes._replace(iris=iris)
    inner = part.inner(eyes.iris, 1.0)
    cover, pupil, relief = iris_coverage(inner, eyes, part.cut(opening, inner))
    cover[hidden] = pupil[hidden] = 0
    inside = indices(cover + pupil > LEAST_COVER)
    at = part.indices(inner).reshape(-1)[inside]
    return LensCoverage(at, *(picture.take(inside) for picture in (cover, pupil, relief)))

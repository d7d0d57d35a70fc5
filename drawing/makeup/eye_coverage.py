"""Coverage of what is painted on and around the eyes: brows, shadow, lashes, liner and lenses.

The borders of all lines and of the shadow are sampled as one picture: small pictures cost by their number.
"""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.makeup.brow_tint import brow_coverage
from attention_mesh.drawing.makeup.eye_shape import POINTS, EyeShapes
from attention_mesh.drawing.makeup.eyeliner import eyeliner_shapes
from attention_mesh.drawing.makeup.eyeshadow import eyeshadow_coverage, eyeshadow_shapes
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.iris_color import iris_coverage, seen_irises
from attention_mesh.drawing.makeup.lash_line import lash_line_shapes
from attention_mesh.drawing.makeup.look import Look

_FEATHER = 0.013  # of lines and of the shadow's border at the rim, relative to the eye's width
_SOME_IRIS = np.array(
    [(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)], np.float32
)  # px, of one that is not painted


def eye_coverage(part: FacePart, eyes: EyeShapes, look: Look) -> dict[str, np.ndarray]:
    """The coverage of each product of a look, in the order in which they are painted.

    Args:
      part: of the image.
      eyes: in it.
      look: with at least one of these products.

    Returns:
      (E × height, width) float32, 0 to 1, by "brow_tint", "eyeshadow", "crease" and "shine" (parts of the
      shadow), "lash_line", "eyeliner", "iris" and "pupil". "print" is no coverage, but the level of the
      lens's print.
    """
    covers: dict[str, np.ndarray] = {}
    if look.brow_tint:
        covers["brow_tint"] = brow_coverage(part, eyes)
    shapes = eyeshadow_shapes(eyes, look.eyeshadow) if look.eyeshadow else []
    left_out = len(shapes)
    lines = []
    if look.lash_line:
        lines.append("lash_line")
        shapes.append(lash_line_shapes(eyes))
    if look.eyeliner:
        lines.append("eyeliner")
        shapes.append(eyeliner_shapes(eyes, look.eyeliner))
    irises = seen_irises(eyes) if look.iris_color else []
    if irises and left_out < 2:
        shapes.append((eyes.opening, (1,)))
    if not shapes:
        return covers
    sharp = part.sharp(shapes, eyes.size_px, _FEATHER * eyes.size_px)
    if look.eyeshadow:
        shadow = eyeshadow_coverage(part, eyes, look.eyeshadow, list(sharp[:left_out]))
        covers["eyeshadow"] = shadow.lid
        if shadow.crease is not None:
            covers["crease"] = shadow.crease
        if shadow.shine is not None:
            covers["shine"] = shadow.shine
    covers.update(zip(lines, sharp[left_out:], strict=False))
    if irises:
        covers.update(_irises(part, eyes, irises, sharp[1 if left_out == 2 else -1]))
    return covers


def _irises(part: FacePart, eyes: EyeShapes, seen: list[int], opening: np.ndarray) -> dict[str, np.ndarray]:
    """The coverage of the irises that are seen, of their pupils, and the lens's print."""
    hidden = [number for number in range(len(eyes.sides)) if number not in seen]
    if hidden:  # which may be unknown
        iris = eyes.iris.copy()
        iris[hidden] = eyes.upper[hidden, 0, POINTS // 2, None] + _SOME_IRIS
        eyes = eyes._replace(iris=iris)
    inner = part.inner(eyes.iris, 1.0)
    cover, pupil, relief = iris_coverage(inner, eyes, part.cut(opening, inner))
    for number in hidden:
        box = slice(number * inner.height, (number + 1) * inner.height)
        cover[box] = pupil[box] = 0
    pictures = {"iris": cover, "pupil": pupil, "print": relief}
    return {name: part.widened(picture, inner) for name, picture in pictures.items()}

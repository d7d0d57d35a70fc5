"""Painting of the eyes: brows, shadow, lashes, liner and lenses of one face."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices, middle, put_planes, ramp
from attention_mesh.drawing.makeup.brow_tint import hairs
from attention_mesh.drawing.makeup.dark_glasses import EyeColors, dark_glasses, eye_colors
from attention_mesh.drawing.makeup.eye_coverage import LensCoverage, eye_coverage
from attention_mesh.drawing.makeup.eye_shape import EyeShapes, eye_shapes
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.iris_color import IrisColor
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, pixels_of, planes_of
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.pigment import LEAST_COVER, lay_pigment
from attention_mesh.drawing.makeup.scene_light import SkinLight

_MARGIN = 0.3  # around the lids, relative to the eye's width: room for the wing and the blur
_BROW_MARGIN, _LENS_MARGIN = 0.12, 0.05
_ALIKE = 1.2  # of widths: eyes up to which are painted at once, with borders of one softness
_HAIR = 0.6  # coverage from which a brow's pixels say how light it is
# L + 16 relative to the skin's at which what is on the lid is no lid, such as a dark lens or hair.
_NO_SKIN, _SKIN = 0.3, 0.5
_COVERED = 0.98  # of the eyes by dark glasses, from which nothing is painted
_SHINE = 16.0  # units of CIELAB's lightness that shimmer adds where the lid is bright
_GLINT, _GLINT_SOFT = (
    26.0,
    14.0,
)  # units of lightness above the iris' from which a pixel is a light in the eye
# L of the white of an eye in even light, its place among sorted samples of the opening, and what is believed.
_WHITE, _WHITE_AT, _WHITE_LEVELS = 72.0, 0.75, (0.3, 1.1)
_OF_WHITE = 0.78  # L of the lightest iris relative to that of the white


def paint_eyes(
    image: np.ndarray,
    landmarks_px: np.ndarray,
    look: Look,
    light: SkinLight,
    memory: LipMemory | None = None,
) -> None:
    """Paints the eyes of one face, in place. Pixels that no product covers keep every bit.

    Args:
      image: (H, W, 3) uint8 RGB, writeable.
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer.
      look: what to paint.
      light: on the face.
      memory: of this face, in a video.
    """
    eyes = eye_shapes(landmarks_px)
    if not eyes.sides:
        return
    colors = eye_colors(image, eyes)
    covered = dark_glasses(colors, eyes, light)
    if memory:
        covered = float(memory.measure("dark glasses", np.array([covered]))[0])
    if covered > _COVERED:
        return
    if covered > 0:
        eyes = eyes._replace(facing=eyes.facing * np.float32(1 - covered))
    whites = {side: _white(each) for side, each in zip(eyes.sides, colors, strict=True)}
    for some, part in _parts(eyes, *_outline(eyes, look), image):
        _paint_layers(image, part, some, look, light, whites, memory)


def _outline(eyes: EyeShapes, look: Look) -> tuple[np.ndarray, list[float]]:
    """Points (E, P, 2) px around what is painted, and the margins around them in px."""
    rows, margin = [], 0.0
    if look.eyeliner or look.lash_line:
        rows, margin = [eyes.upper[:, 1], eyes.lower[:, 1]], _MARGIN
    if look.eyeshadow:
        rows, margin = [eyes.upper[:, 2], eyes.lower[:, 1], eyes.upper[:, 3]], _MARGIN
    if look.brow_tint:
        rows, margin = [*rows, eyes.brow[:, 0], eyes.brow[:, 1]], max(margin, _BROW_MARGIN)
    if look.iris_color:
        rows, margin = [*rows, eyes.upper[:, 0], eyes.lower[:, 0]], max(margin, _LENS_MARGIN)
    points = np.concatenate(rows, axis=1) if rows else np.zeros((len(eyes.sides), 0, 2), np.float32)
    return points, (margin * eyes.width_px).tolist()


def _parts(
    eyes: EyeShapes, points: np.ndarray, margins_px: list[float], image: np.ndarray
) -> Iterator[tuple[EyeShapes, FacePart]]:
    """The eyes and their part of the image: both at once if they are alike and not cut by its border."""
    count, size = len(eyes.sides), (image.shape[1], image.shape[0])
    if not points.size:
        return
    if count > 1 and float(eyes.width_px.max()) < _ALIKE * float(eyes.width_px.min()):
        part = face_part(points, margins_px, size)
        if part is not None:
            yield eyes, part
            return
    for number in range(count):
        part = face_part(points[number : number + 1], margins_px[number : number + 1], size)
        if part is not None:
            yield (eyes if count == 1 else eyes.only([number])), part


def _paint_layers(
    image: np.ndarray,
    part: FacePart,
    eyes: EyeShapes,
    look: Look,
    light: SkinLight,
    whites: dict[str, float | None],
    memory: LipMemory | None,
) -> None:
    """All products of a part of the image."""
    coverage = eye_coverage(part, eyes, look)
    if coverage is None:
        return
    where, ends, covers, lenses = coverage
    lab = planes_of(part.pixels(image, where))
    changed = np.zeros(lab.shape[1], bool)
    if look.brow_tint:
        levels = np.empty((len(ends), 1), np.float32)
        for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            hair = lab[0, start:end][covers["brow_tint"][start:end] > _HAIR * eyes.facing[number]]
            levels[number] = middle(hair) if len(hair) else light.lightness
            if memory:
                levels[number] = memory.measure(f"{eyes.sides[number]} brow", levels[number].copy())
        reference = np.repeat(levels[:, 0], np.diff([0, *ends]))
        cover = covers["brow_tint"] * hairs(lab[0], light)
        changed[lay_pigment(lab, cover, look.brow_tint.pigment, light, reference)] = True
    if look.eyeshadow:
        changed |= _lay_shadow(lab, covers, look.eyeshadow, light)
    if look.lash_line:
        changed[lay_pigment(lab, covers["lash_line"], look.lash_line.pigment, light)] = True
    if look.eyeliner:
        changed[lay_pigment(lab, covers["eyeliner"], look.eyeliner.pigment, light)] = True
    if look.iris_color and lenses:
        changed[_lay_lenses(lab, lenses, ends, eyes, look.iris_color, light, whites, memory)] = True
    kept = indices(changed)
    if len(kept):
        part.put_pixels(image, where[kept], pixels_of(lab.take(kept, axis=1)))


def _lay_shadow(
    lab: np.ndarray, covers: dict[str, np.ndarray], shadow: Eyeshadow, light: SkinLight
) -> np.ndarray:
    """Lays shadow in place; (n,) bool of what changed."""
    bare = (lab[0] + LIGHTNESS_OFFSET) * (1 / (light.lightness + LIGHTNESS_OFFSET))
    on_skin = ramp(bare, _NO_SKIN, _SKIN)
    changed = np.zeros(lab.shape[1], bool)
    changed[lay_pigment(lab, covers["eyeshadow"] * on_skin, shadow.pigment, light)] = True
    if shadow.crease_pigment:
        changed[lay_pigment(lab, covers["crease"] * on_skin, shadow.crease_pigment, light)] = True
    if "shine" in covers:
        # What is lighter than the skin already shines more.
        shine = (2.2 * bare - 0.9).clip(0.2, 2)
        shine *= covers["shine"]
        shine *= on_skin
        shine *= _SHINE * light.level * shadow.intensity
        lab[0] += shine
        changed |= shine > LEAST_COVER
    return changed


def _lay_lenses(
    lab: np.ndarray,
    lenses: LensCoverage,
    ends: list[int],
    eyes: EyeShapes,
    lens: IrisColor,
    light: SkinLight,
    whites: dict[str, float | None],
    memory: LipMemory | None,
) -> np.ndarray:
    """Lays lenses in place; (m,) int of what changed."""
    where, cover, pupil, relief = lenses
    ends = np.searchsorted(where, ends).tolist()
    all_of_it, lab = lab, lab.take(where, axis=1)
    inside = cover > 0.5
    levels = np.ones((len(ends), 2), np.float32)  # of each iris, and of the print on it
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        iris = lab[0, start:end][inside[start:end]]
        if not len(iris):  # hardly any of it is seen
            cover[start:end] = pupil[start:end] = 0
            continue
        levels[number] = middle(iris), _print_level(whites[eyes.sides[number]], lens)
        if memory:
            levels[number] = memory.measure(f"{eyes.sides[number]} iris", levels[number].copy())
    usual, print_level = np.repeat(levels, np.diff([0, *ends]), axis=0).T
    seen = ramp(lab[0] - usual, _GLINT + _GLINT_SOFT, _GLINT)
    # The print's relief, in the light that reaches the eye, comes as far as the lens covers.
    cover *= seen
    pupil *= seen
    relief *= print_level
    relief -= 1
    relief *= cover
    relief *= np.float32(lens.pigment.cover)
    relief += 1
    lab[0] = (lab[0] + LIGHTNESS_OFFSET) * relief - LIGHTNESS_OFFSET
    light = light._replace(level=1.0)  # the white of each eye says more
    changed = np.concatenate(
        [
            lay_pigment(lab, cover, lens.pigment, light, usual),
            lay_pigment(lab, pupil, lens.pupil_pigment, light, usual),
        ]
    )
    put_planes(all_of_it, where, lab)
    return where[changed]


def _white(colors: EyeColors) -> float | None:
    """L of the lighter part between two lids, the white of the eye; None if it is outside the image."""
    if not len(colors.inside):
        return None
    return float(np.sort(colors.inside[:, 0])[int(_WHITE_AT * len(colors.inside))])


def _print_level(white: float | None, lens: IrisColor) -> float:
    """Factor on L + 16 of a lens's color, by L of the white of the eye.

    An iris is darker than the white, whatever the lens.
    """
    if white is None:
        return 1.0
    level = (white + LIGHTNESS_OFFSET) / (_WHITE + LIGHTNESS_OFFSET)
    most = (_OF_WHITE * white + LIGHTNESS_OFFSET) / (lens.pigment.lightness + LIGHTNESS_OFFSET)
    return min(max(level, _WHITE_LEVELS[0]), _WHITE_LEVELS[1], most)

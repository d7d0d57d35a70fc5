"""Painting of the eyes: brows, shadow, lashes, liner and lenses of one face."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.arithmetic import middle, ramp
from attention_mesh.drawing.makeup.brow_tint import brow_coverage, hairs
from attention_mesh.drawing.makeup.dark_glasses import dark_glasses
from attention_mesh.drawing.makeup.eye_shape import EyeShapes, eye_shapes
from attention_mesh.drawing.makeup.eyeliner import eyeliner_coverage
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow, eyeshadow_coverage
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.iris_color import IrisColor, iris_coverage, seen_irises
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, pixels_of, planes_of
from attention_mesh.drawing.makeup.lash_line import lash_line_coverage
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.pigment import LEAST_COVER, lay_pigment
from attention_mesh.drawing.makeup.scene_light import SkinLight, colors_at

_MARGIN = 0.3  # around the lids, relative to the eye's width: room for the wing and the blur
_BROW_MARGIN = 0.12
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
_ACROSS = np.array([0.4, 0.6], np.float32)[:, None, None]  # from the upper to the lower rim


class _Layers(NamedTuple):
    """The pixels of some eyes that a look may paint, and the coverage of its products on them.

    Attributes:
      part: of the image.
      where: (n,) int, indices of the pixels on the part's canvas.
      ends: for each eye, where its pixels end among these.
      covers: (n,) float32 by the product, with what the eye's turn leaves of it.
    """

    part: FacePart
    where: np.ndarray
    ends: list[int]
    covers: dict[str, np.ndarray]


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
    covered = dark_glasses(image, eyes, light)
    if memory:
        covered = float(memory.measure("dark glasses", np.array([covered]))[0])
    if covered > _COVERED:
        return
    if covered > 0:
        eyes = eyes._replace(facing=eyes.facing * np.float32(1 - covered))
    for some, part in _parts(eyes, *_outline(eyes, look), image):
        _paint_layers(image, part, some, look, light, memory)
    if look.iris_color and look.iris_color.intensity > 0:
        seen = seen_irises(eyes)
        for some, part in _parts(seen, seen.iris, [1.0] * len(seen.sides), image):
            _paint_irises(image, part, some, look.iris_color, light, memory)


def _outline(eyes: EyeShapes, look: Look) -> tuple[np.ndarray, list[float]]:
    """Points (E, P, 2) px around what is painted beside the irises, and the margins around them in px."""
    rows, margin = [], 0.0
    if look.eyeliner or look.lash_line:
        rows, margin = [eyes.upper[:, 1], eyes.lower[:, 1]], _MARGIN
    if look.eyeshadow:
        rows, margin = [eyes.upper[:, 2], eyes.lower[:, 1], eyes.upper[:, 3]], _MARGIN
    if look.brow_tint:
        rows, margin = [*rows, eyes.brow[:, 0], eyes.brow[:, 1]], max(margin, _BROW_MARGIN)
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


def _layers(part: FacePart, eyes: EyeShapes, look: Look) -> _Layers | None:
    covers: dict[str, np.ndarray] = {}
    if look.brow_tint:
        covers["brow_tint"] = brow_coverage(part, eyes)
    if look.eyeshadow:
        shadow = eyeshadow_coverage(part, eyes, look.eyeshadow)
        covers["eyeshadow"] = shadow.lid
        if shadow.crease is not None:
            covers["crease"] = shadow.crease
        if shadow.shine is not None:
            covers["shine"] = shadow.shine
    if look.lash_line:
        covers["lash_line"] = lash_line_coverage(part, eyes)
    if look.eyeliner:
        covers["eyeliner"] = eyeliner_coverage(part, eyes, look.eyeliner)
    first, *others = covers.values()
    union = first if not others else first.copy()
    for cover in others:
        np.maximum(union, cover, out=union)
    where = np.flatnonzero(union > LEAST_COVER)
    if not len(where):
        return None
    ends = part.ends(where)
    seen = {name: cover.take(where) for name, cover in covers.items()}
    if eyes.facing.min() < 1:
        facing = np.repeat(eyes.facing, np.diff([0, *ends]))
        seen = {name: cover * facing for name, cover in seen.items()}
    return _Layers(part, where, ends, seen)


def _paint_layers(
    image: np.ndarray,
    part: FacePart,
    eyes: EyeShapes,
    look: Look,
    light: SkinLight,
    memory: LipMemory | None,
) -> None:
    """Brows, shadow, lashes and liner."""
    layers = _layers(part, eyes, look)
    if layers is None:
        return
    covers, ends = layers.covers, layers.ends
    lab = planes_of(part.pixels(image, layers.where))
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
    kept = np.flatnonzero(changed)
    if len(kept):
        part.put_pixels(image, layers.where[kept], pixels_of(lab.take(kept, axis=1)))


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
        shine = np.minimum(np.maximum(2.2 * bare - 0.9, 0.2), 2)
        shine *= covers["shine"]
        shine *= on_skin
        shine *= _SHINE * light.level * shadow.intensity
        lab[0] += shine
        changed |= shine > LEAST_COVER
    return changed


def _paint_irises(
    image: np.ndarray,
    part: FacePart,
    eyes: EyeShapes,
    lens: IrisColor,
    light: SkinLight,
    memory: LipMemory | None,
) -> None:
    """Lenses."""
    cover, pupil, relief = iris_coverage(part, eyes)
    where = np.flatnonzero(np.maximum(cover, pupil) > LEAST_COVER)
    if not len(where):
        return
    ends = part.ends(where)
    counts = np.diff([0, *ends])
    cover, facing = cover.take(where), np.repeat(eyes.facing, counts)
    lab = planes_of(part.pixels(image, where))
    inside = cover > 0.5
    levels = np.empty((len(ends), 2), np.float32)  # of each iris, and of the print on it
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        iris = lab[0, start:end][inside[start:end]]
        if not len(iris):  # hardly any of it is seen
            levels[number], facing[start:end] = 1, 0
            continue
        levels[number] = middle(iris), _print_level(image, eyes.upper[number, 0], eyes.lower[number, 0], lens)
        if memory:
            levels[number] = memory.measure(f"{eyes.sides[number]} iris", levels[number].copy())
    usual, print_level = np.repeat(levels, counts, axis=0).T
    glint = ramp(lab[0] - usual, _GLINT, _GLINT + _GLINT_SOFT)
    seen = (1 - glint) * facing
    # The print's relief, in the light that reaches the eye, comes as far as the lens covers.
    cover *= seen
    print_ = relief.take(where) * print_level
    strength = cover * np.float32(lens.pigment.cover)
    lab[0] = (lab[0] + LIGHTNESS_OFFSET) * (1 + (print_ - 1) * strength) - LIGHTNESS_OFFSET
    light = light._replace(level=1.0)  # the white of each eye says more
    changed = np.zeros(len(where), bool)
    changed[lay_pigment(lab, cover, lens.pigment, light, usual)] = True
    changed[lay_pigment(lab, pupil.take(where) * seen, lens.pupil_pigment, light, usual)] = True
    kept = np.flatnonzero(changed)
    if len(kept):
        part.put_pixels(image, where[kept], pixels_of(lab.take(kept, axis=1)))


def _print_level(image: np.ndarray, upper: np.ndarray, lower: np.ndarray, lens: IrisColor) -> float:
    """Factor on L + 16 of a lens's color, by the lighter part between two rims (P, 2) px: the white.

    An iris is darker than the white, whatever the lens.
    """
    places = (upper + (lower - upper) * _ACROSS).reshape(-1, 2)
    (colors,) = colors_at(image, places, [len(places)])
    if not len(colors):
        return 1.0
    lightness = np.sort(colors[:, 0])[int(_WHITE_AT * len(colors))]
    level = float(lightness + LIGHTNESS_OFFSET) / (_WHITE + LIGHTNESS_OFFSET)
    most = float(_OF_WHITE * lightness + LIGHTNESS_OFFSET) / (lens.pigment.lightness + LIGHTNESS_OFFSET)
    return min(max(level, _WHITE_LEVELS[0]), _WHITE_LEVELS[1], most)

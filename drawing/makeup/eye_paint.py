"""Painting of the eyes: brows, shadow, lashes, liner and lenses of one face."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.brow_tint import brow_coverage, hairs
from attention_mesh.drawing.makeup.dark_glasses import dark_glasses
from attention_mesh.drawing.makeup.eye_shape import EyeShape, eye_shapes
from attention_mesh.drawing.makeup.eyeliner import eyeliner_coverage
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow, eyeshadow_coverage
from attention_mesh.drawing.makeup.face_part import face_part
from attention_mesh.drawing.makeup.iris_color import IrisColor, iris_coverage, iris_part
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, lab_to_rgb, rgb_to_lab
from attention_mesh.drawing.makeup.lash_line import lash_line_coverage
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.pigment import LEAST_COVER, lay_pigment, middle
from attention_mesh.drawing.makeup.scene_light import SkinLight

_MARGIN = 0.3  # around the lids, relative to the eye's width: room for the wing and the blur
_BROW_MARGIN = 0.12
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
_ACROSS = (0.4, 0.6)  # from the upper to the lower rim


class _Layers(NamedTuple):
    """The pixels of one eye that a look may paint, and the coverage of its products on them.

    Attributes:
      side: "right" or "left", the subject's.
      rows, columns: (n,) int, places in the image.
      covers: (n,) float32 by the product, with what the eye's turn leaves of it.
    """

    side: str
    rows: np.ndarray
    columns: np.ndarray
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
    size = image.shape[1], image.shape[0]
    eyes = eye_shapes(landmarks_px)
    covered = dark_glasses(image, eyes, light)
    if memory and eyes:
        covered = float(memory.measure("dark glasses", np.array([covered]))[0])
    if covered > _COVERED:
        return
    if covered > 0:
        eyes = [eye._replace(facing=eye.facing * (1 - covered)) for eye in eyes]
    layers = [each for eye in eyes if (each := _layers(eye, look, size)) is not None]
    if layers:
        _paint_layers(image, layers, look, light, memory)
    if look.iris_color and look.iris_color.intensity > 0:
        _paint_irises(image, eyes, look.iris_color, light, memory)


def _layers(eye: EyeShape, look: Look, size: tuple[int, int]) -> _Layers | None:
    rows, margin = [], 0.0
    if look.eyeliner or look.lash_line:
        rows, margin = [eye.upper[1], eye.lower[1]], _MARGIN
    if look.eyeshadow:
        rows, margin = [eye.upper[2], eye.lower[1], eye.upper[3]], _MARGIN
    if look.brow_tint:
        rows, margin = [*rows, *eye.brow], max(margin, _BROW_MARGIN)
    part = face_part(np.concatenate(rows), margin * eye.width_px, size) if rows else None
    if part is None:
        return None
    covers: dict[str, np.ndarray] = {}
    if look.brow_tint:
        covers["brow_tint"] = brow_coverage(part, eye)
    if look.eyeshadow:
        shadow = eyeshadow_coverage(part, eye, look.eyeshadow)
        covers["eyeshadow"] = shadow.lid
        if shadow.crease is not None:
            covers["crease"] = shadow.crease
        if shadow.shine is not None:
            covers["shine"] = shadow.shine
    if look.lash_line:
        covers["lash_line"] = lash_line_coverage(part, eye)
    if look.eyeliner:
        covers["eyeliner"] = eyeliner_coverage(part, eye, look.eyeliner)
    first, *others = covers.values()
    union = first if not others else first.copy()
    for cover in others:
        np.maximum(union, cover, out=union)
    where = np.flatnonzero(union > LEAST_COVER)
    if not len(where):
        return None
    y, x = np.divmod(where, part.width)
    facing = np.float32(eye.facing)
    seen = {name: cover.ravel()[where] * facing for name, cover in covers.items()}
    return _Layers(eye.side, y + part.top, x + part.left, seen)


def _paint_layers(
    image: np.ndarray, layers: list[_Layers], look: Look, light: SkinLight, memory: LipMemory | None
) -> None:
    """Brows, shadow, lashes and liner of all eyes at once."""
    rows = np.concatenate([each.rows for each in layers])
    columns = np.concatenate([each.columns for each in layers])
    covers = {name: np.concatenate([each.covers[name] for each in layers]) for name in layers[0].covers}
    lab = rgb_to_lab(image[rows, columns][None])[0]
    changed = np.zeros(len(lab), bool)
    if look.brow_tint:
        references, start = [], 0
        for each in layers:
            hair = lab[start : start + len(each.rows), 0][each.covers["brow_tint"] > 0.6]
            level = np.array([middle(hair) if len(hair) else light.lightness], np.float32)
            level = memory.measure(f"{each.side} brow", level) if memory else level
            references.append(np.repeat(level, len(each.rows)))
            start += len(each.rows)
        cover = covers["brow_tint"] * hairs(lab[:, 0], light)
        pigment = look.brow_tint.pigment
        changed[lay_pigment(lab, cover, pigment, light, np.concatenate(references))] = True
    if look.eyeshadow:
        changed |= _lay_shadow(lab, covers, look.eyeshadow, light)
    if look.lash_line:
        changed[lay_pigment(lab, covers["lash_line"], look.lash_line.pigment, light)] = True
    if look.eyeliner:
        changed[lay_pigment(lab, covers["eyeliner"], look.eyeliner.pigment, light)] = True
    where = np.flatnonzero(changed)
    if len(where):
        image[rows[where], columns[where]] = lab_to_rgb(lab[where][None])[0]


def _lay_shadow(
    lab: np.ndarray, covers: dict[str, np.ndarray], shadow: Eyeshadow, light: SkinLight
) -> np.ndarray:
    """Lays shadow in place; (n,) bool of what changed."""
    bare = (lab[:, 0] + LIGHTNESS_OFFSET) * (1 / (light.lightness + LIGHTNESS_OFFSET))
    on_skin = np.clip((bare - _NO_SKIN) * (1 / (_SKIN - _NO_SKIN)), 0, 1)
    changed = np.zeros(len(lab), bool)
    changed[lay_pigment(lab, covers["eyeshadow"] * on_skin, shadow.pigment, light)] = True
    if shadow.crease_pigment:
        changed[lay_pigment(lab, covers["crease"] * on_skin, shadow.crease_pigment, light)] = True
    if "shine" in covers:
        # What is lighter than the skin already shines more.
        shine = covers["shine"] * on_skin * np.clip(2.2 * bare - 0.9, 0.2, 2)
        shine *= _SHINE * light.level * shadow.intensity
        lab[:, 0] += shine
        changed |= shine > LEAST_COVER
    return changed


def _paint_irises(
    image: np.ndarray, eyes: list[EyeShape], lens: IrisColor, light: SkinLight, memory: LipMemory | None
) -> None:
    """Lenses of all eyes at once."""
    size = image.shape[1], image.shape[0]
    irises = []
    for eye in eyes:
        part = iris_part(eye, size)
        if part is None:
            continue
        cover, pupil, relief = (each.ravel() for each in iris_coverage(part, eye))
        where = np.flatnonzero(np.maximum(cover, pupil) > LEAST_COVER)
        cover = cover[where]
        inside = cover > 0.5
        if not inside.any():  # hardly any of it is seen
            continue
        y, x = np.divmod(where, part.width)
        y, x = y + part.top, x + part.left
        lab = rgb_to_lab(image[y, x][None])[0]
        levels = np.array([middle(lab[inside, 0]), _print_level(image, eye, lens)], np.float32)
        reference, print_level = memory.measure(f"{eye.side} iris", levels) if memory else levels
        glint = np.minimum(np.maximum((lab[:, 0] - (reference + _GLINT)) * (1 / _GLINT_SOFT), 0), 1)
        seen = (1 - glint) * np.float32(eye.facing)
        # The print's relief, in the light that reaches the eye, comes as far as the lens covers.
        cover *= seen
        print_ = relief[where] * print_level
        strength = cover * np.float32(lens.pigment.cover)
        lab[:, 0] = (lab[:, 0] + LIGHTNESS_OFFSET) * (1 + (print_ - 1) * strength) - LIGHTNESS_OFFSET
        usual = np.full(len(where), reference, np.float32)
        irises.append((y, x, lab, cover, pupil[where] * seen, usual))
    if irises:
        y, x, lab, cover, pupil, usual = (np.concatenate(each) for each in zip(*irises, strict=True))
        light = light._replace(level=1.0)  # the white of each eye says more
        lay_pigment(lab, cover, lens.pigment, light, usual)
        lay_pigment(lab, pupil, lens.pupil_pigment, light, usual)
        image[y, x] = lab_to_rgb(lab[None])[0]


def _print_level(image: np.ndarray, eye: EyeShape, lens: IrisColor) -> float:
    """Factor on L + 16 of a lens's color, by the lighter part of the opening: the white of the eye.

    An iris is darker than the white, whatever the lens.
    """
    places = np.concatenate([eye.upper[0] + (eye.lower[0] - eye.upper[0]) * part for part in _ACROSS])
    inside = ((places >= 0) & (places < (image.shape[1], image.shape[0]))).all(axis=1)
    x, y = places[inside].astype(int).T
    if not len(x):
        return 1.0
    lightness = np.sort(rgb_to_lab(image[y, x][None])[0, :, 0])[int(_WHITE_AT * len(x))]
    level = float(lightness + LIGHTNESS_OFFSET) / (_WHITE + LIGHTNESS_OFFSET)
    most = float(_OF_WHITE * lightness + LIGHTNESS_OFFSET) / (lens.pigment.lightness + LIGHTNESS_OFFSET)
    return min(max(level, _WHITE_LEVELS[0]), _WHITE_LEVELS[1], most)

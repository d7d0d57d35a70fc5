"""Painting of the eyes: shadow, liner, lashes, brows and lenses of one face."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.makeup.brow_tint import brow_coverage, hairs
from attention_mesh.drawing.makeup.eye_shape import EyeShape, eye_shapes
from attention_mesh.drawing.makeup.eyeliner import eyeliner_coverage
from attention_mesh.drawing.makeup.eyeshadow import (
    ShadowFinish,
    crease_coverage,
    eyeshadow_coverage,
    lid_shine,
)
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.iris_color import iris_coverage, iris_part
from attention_mesh.drawing.makeup.lab_color import lab_to_rgb, rgb_to_lab
from attention_mesh.drawing.makeup.lash_line import lash_line_coverage
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.pigment import lay_pigment
from attention_mesh.drawing.makeup.scene_light import SkinLight

_MARGIN = 0.3  # around the orbit, relative to the eye's width: room for the wing and the blur
_BROW_MARGIN = 0.15
# L + 16 relative to the skin's at which what is on the lid is no lid, such as a dark lens or hair.
_NO_SKIN, _SKIN = 0.3, 0.5
_SHINE = 16.0  # units of CIELAB's lightness that shimmer adds where the lid is bright
_LID_LIGHT = (0.35, 1.1)
_GLINT, _GLINT_SOFT = (
    26.0,
    14.0,
)  # units of lightness above the iris' from which a pixel is a light in the eye


def paint_eyes(image: np.ndarray, landmarks_px: np.ndarray, look: Look, light: SkinLight) -> None:
    """Paints the eyes of one face, in place. Pixels that no product covers keep every bit.

    Args:
      image: (H, W, 3) uint8 RGB, writeable.
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer.
      look: what to paint.
      light: on the face.
    """
    size = image.shape[1], image.shape[0]
    for eye in eye_shapes(landmarks_px):
        if eye.facing <= 0:
            continue
        part = _part(eye, look, size)
        if part is not None:
            _paint_around(image, part, eye, look, light)
        lens = iris_part(eye, size) if look.iris_color and look.iris_color.intensity > 0 else None
        if lens is not None:
            _paint_iris(image, lens, eye, look, light)


def _part(eye: EyeShape, look: Look, size: tuple[int, int]) -> FacePart | None:
    points = []
    if look.eyeshadow or look.eyeliner or look.lash_line:
        points += (
            [eye.upper[2], eye.lower[2], eye.upper[3]] if look.eyeshadow else [eye.upper[1], eye.lower[1]]
        )
    margin = _MARGIN
    if look.brow_tint:
        points += list(eye.brow)
        margin = max(_BROW_MARGIN, margin if len(points) > 2 else 0)
    return face_part(np.concatenate(points), margin * eye.width_px, size) if points else None


def _paint_around(image: np.ndarray, part: FacePart, eye: EyeShape, look: Look, light: SkinLight) -> None:
    """Shadow, lashes, liner and brow."""
    shape = part.height, part.width
    lab = rgb_to_lab(image[part.slices])
    pixels = lab.reshape(-1, 3)
    changed = np.zeros(len(pixels), bool)
    seen = np.float32(eye.facing)
    cover: np.ndarray
    if look.brow_tint:
        cover = (brow_coverage(part, eye) * seen).ravel()
        where = np.flatnonzero(cover > 0.6)
        reference = float(np.median(pixels[where, 0])) if len(where) else light.lightness
        cover *= hairs(pixels[:, 0], light)
        changed[lay_pigment(pixels, cover, look.brow_tint.pigment, light, reference)] = True
    bare = (pixels[:, 0] + 16) * (1 / (light.lightness + 16))
    on_skin = np.clip((bare - _NO_SKIN) * (1 / (_SKIN - _NO_SKIN)), 0, 1)
    if look.eyeshadow:
        shadow = look.eyeshadow
        cover = eyeshadow_coverage(part, eye, shadow).ravel() * seen * on_skin
        changed[lay_pigment(pixels, cover, shadow.pigment, light)] = True
        if shadow.crease_pigment:
            cover = crease_coverage(part, eye).ravel() * seen * on_skin
            changed[lay_pigment(pixels, cover, shadow.crease_pigment, light)] = True
        if shadow.finish is ShadowFinish.SHIMMER:
            shine = lid_shine(part, eye).ravel() * on_skin
            shine *= seen * light.level * _SHINE * shadow.intensity
            where = np.flatnonzero(shine > 0.05)
            pixels[where, 0] += shine[where] * np.clip(2.2 * bare[where] - 0.9, 0.2, 2)
            changed[where] = True
    if look.lash_line:
        cover = lash_line_coverage(part, eye).ravel() * seen
        changed[lay_pigment(pixels, cover, look.lash_line.pigment, light)] = True
    if look.eyeliner:
        cover = eyeliner_coverage(part, eye, look.eyeliner).ravel() * seen
        changed[lay_pigment(pixels, cover, look.eyeliner.pigment, light)] = True
    _write(image, part, pixels, changed, shape)


def _paint_iris(image: np.ndarray, part: FacePart, eye: EyeShape, look: Look, light: SkinLight) -> None:
    assert look.iris_color is not None
    lab = rgb_to_lab(image[part.slices])
    pixels = lab.reshape(-1, 3)
    cover, pupil, relief = (each.ravel() for each in iris_coverage(part, eye))
    where = np.flatnonzero(cover > 0.5)
    if not len(where):
        return
    reference = float(np.median(pixels[where, 0]))
    light = light.dimmed(_lid_light(image, eye, light))
    glint = np.clip((pixels[:, 0] - reference - _GLINT) * (1 / _GLINT_SOFT), 0, 1)
    seen = (1 - glint) * eye.facing
    cover *= seen
    bare = pixels.copy()
    pixels[:, 0] = (pixels[:, 0] + 16) * relief - 16
    changed = np.zeros(len(pixels), bool)
    covered = lay_pigment(pixels, cover, look.iris_color.pigment, light, reference)
    changed[covered] = True
    # What of the relief shows through the lens is the iris' own.
    strength = (cover * look.iris_color.pigment.cover)[covered]
    pixels[covered, 0] -= ((bare[covered, 0] + 16) * (relief[covered] - 1)) * (1 - strength)
    changed[lay_pigment(pixels, pupil * seen, look.iris_color.pupil_pigment, light, reference)] = True
    _write(image, part, pixels, changed, (part.height, part.width))


def _lid_light(image: np.ndarray, eye: EyeShape, light: SkinLight) -> float:
    """Light on the skin around one eye relative to that on the face, as a factor on L + 16."""
    places = np.concatenate([eye.upper[1:3, ::4], eye.lower[1:3, ::4]]).reshape(-1, 2)
    inside = ((places >= 0) & (places < (image.shape[1], image.shape[0]))).all(axis=1)
    x, y = places[inside].astype(int).T
    if not len(x):
        return 1.0
    lightness = float(np.median(rgb_to_lab(image[y, x][None])[0, :, 0]))
    return float(np.clip((lightness + 16) / (light.lightness + 16), *_LID_LIGHT))


def _write(
    image: np.ndarray, part: FacePart, pixels: np.ndarray, changed: np.ndarray, shape: tuple[int, int]
) -> None:
    where = np.flatnonzero(changed)
    if len(where):
        image[part.slices][np.unravel_index(where, shape)] = lab_to_rgb(pixels[where][None])[0]

"""Products on the skin of a face: blush, contour and highlight.

They are so soft that they are painted in a smaller picture of the face. What they do to its colors, factors
on red, green and blue, is enlarged and multiplies the picture itself, so that every pore stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import indices, put_rows, ramp
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.face_planes import face_oval, face_width_px, skin_patches
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, merged, planes_of
from attention_mesh.drawing.makeup.pigment import Pigment, lay_veil
from attention_mesh.drawing.makeup.scene_light import SkinLight
from attention_mesh.models.topology.landmark_groups import landmark_groups

_SMALL_PX = 56  # width of a face in the smaller picture
_LEAST_PX = 16  # of the smaller picture's longer side
_LEAST_COVER = 1  # of 255: less changes no pixel
_OUTSIDE = 127  # of 255: half of a blur
_OVAL_FEATHER = 0.018  # relative to the face's width
_BAND = 80_000  # pixels that are multiplied at once
_GAINS = (0.3, 3.0)
_LEAST = 0.02  # of red, green or blue, 0 to 1, below which a factor means nothing
# L + 16 relative to the skin's at which a pixel is something dark before the skin, and is skin.
_DARK, _LIT = 0.62, 0.8
# Difference in a and b from the skin's, in CIELAB's units, at which a pixel is skin, and is none.
_ALIKE, _OTHER = 13.0, 22.0
# L up to which skin has its color, and at which the picture is so overexposed that a tint would be gray.
_UNCLIPPED, _CLIPPED = 91.0, 98.0


@dataclass(frozen=True)
class Blush:
    """A blush.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on skin of middle level in even light.
      intensity: 0 to 1; 0 leaves the cheeks alone.
    """

    color: tuple[int, int, int]
    intensity: float = 0.5

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, 0.75 * self.intensity)


@dataclass(frozen=True)
class Contour:
    """A contour.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on skin of middle level in even light.
      intensity: 0 to 1; 0 leaves the face alone.
    """

    color: tuple[int, int, int] = (125, 97, 80)
    intensity: float = 0.5

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, 0.8 * self.intensity)


@dataclass(frozen=True)
class Highlight:
    """A highlight.

    Attributes:
      color: red, green, blue, 0 to 255 (sRGB), as on skin of middle level in even light.
      intensity: 0 to 1; 0 leaves the face alone.
    """

    color: tuple[int, int, int] = (242, 220, 194)
    intensity: float = 0.5

    @property
    def pigment(self) -> Pigment:
        return Pigment(self.color, 0.72 * self.intensity)


def paint_complexion(
    image: np.ndarray,
    landmarks_px: np.ndarray,
    products: dict[str, Blush | Contour | Highlight | None],
    light: SkinLight,
) -> None:
    """Paints the skin of one face, in place. Pixels that no product covers keep every bit.

    Args:
      image: (H, W, 3) uint8 RGB, writeable.
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer.
      products: what to paint, by the names "blush", "contour" and "highlight".
      light: on the face.
    """
    wanted = {name: each for name, each in products.items() if each and each.intensity > 0}
    patches = skin_patches(landmarks_px, tuple(wanted))
    width_px = face_width_px(landmarks_px)
    if not patches or width_px is None:
        return
    # Beyond the face, blurs end: half of the oval's own blur lies outside, and is cut off.
    oval, soft_px = face_oval(landmarks_px), _OVAL_FEATHER * width_px
    size = image.shape[1], image.shape[0]
    points = np.concatenate([patch.points for patch in patches])
    reach = face_part(points[None], [3 * max(patch.feather_px for patch in patches)], size)
    whole = face_part(oval[None], [3 * soft_px], size)
    part = reach and whole and reach.overlap(whole)
    if part is None:
        return
    # Of a face that is much larger than the image, the smaller picture shows a part.
    step = max(1, min(round(width_px / _SMALL_PX), max(part.width, part.height) // _LEAST_PX))
    left, top = part.corners[0]
    small = _shrunk(image, part, step)
    height, width = small.shape[:2]
    canvas = FacePart(((left, top),), width, height, step)
    covers: dict[str, np.ndarray] = {}
    for patch in patches:
        cover = canvas.soft(patch.points[None], patch.counts, patch.values, patch.feather_px).ravel()
        covers[patch.product] = np.maximum(cover, covers[patch.product]) if patch.product in covers else cover
    inside = canvas.soft(oval[None], [len(oval)], [1], soft_px).ravel()
    most = reduce(np.maximum, covers.values())
    where = indices((most > _LEAST_COVER) & (inside > _OUTSIDE))
    if not len(where):
        return
    rgb = small.reshape(-1, 3).take(where, axis=0)
    lab = planes_of(rgb)
    share = _skin_share(lab, _across(canvas, landmarks_px).take(where), light)
    share *= inside[where] * np.float32(2 / 255) - 1
    share *= 1 / 255
    for name, cover in covers.items():
        lay_veil(lab, cover[where] * share, wanted[name].pigment)
    after = cv2.cvtColor(merged(lab), cv2.COLOR_LAB2RGB)[0]
    bare = rgb * np.float32(1 / 255)
    changes = after.clip(_LEAST, 1, out=after)
    changes /= bare.clip(_LEAST, 1, out=bare)
    changes.clip(*_GAINS, out=changes)
    gains = np.ones((height * width, 3), np.float32)
    put_rows(gains, where, changes)
    _multiply(image[top : top + height * step, left : left + width * step], gains.reshape(small.shape), step)


def _across(canvas: FacePart, landmarks_px: np.ndarray) -> np.ndarray:
    """(height, width) float32: place of each pixel between the sides of the face, 0 right to 1 left.

    Args:
      canvas: the smaller picture.
      landmarks_px: of the face.
    """
    (right_x, right_y), (left_x, left_y) = landmarks_px[landmark_groups()["face_sides"], :2].tolist()
    x, y = left_x - right_x, left_y - right_y
    length = max(x * x + y * y, 1e-6)
    x, y, (left, top) = x / length, y / length, canvas.corners[0]
    columns = np.arange(canvas.width, dtype=np.float32) * (canvas.step * x)
    columns += (left - right_x) * x + (top - right_y) * y
    rows = np.arange(canvas.height, dtype=np.float32) * (canvas.step * y)
    across = columns + rows[:, None]
    return across.clip(0, 1, out=across)


def _skin_share(lab: np.ndarray, across: np.ndarray, light: SkinLight) -> np.ndarray:
    """(n,) float32: how far each pixel has the color of skin, 0 for hair, frames, a beard or white light.

    The two sides of a face may be in different light, so that each is compared with its own cheek.

    Args:
      lab: (3, n) float32 CIELAB.
      across: (n,) float32 place between the right and the left side of the face, 0 to 1.
      light: on the face.
    """
    right, left = (cheek[:, None] for cheek in light.cheeks)
    skin = right + (left - right) * across
    other = np.abs(lab[1:] - skin[1:])
    most = np.maximum(other[0], other[1])
    share = ramp((lab[0] + LIGHTNESS_OFFSET) / (skin[0] + LIGHTNESS_OFFSET), _DARK, _LIT)
    share *= ramp(most, _OTHER, _ALIKE)
    if lab[0].max() > _UNCLIPPED:
        share *= ramp(lab[0], _CLIPPED, _UNCLIPPED)
    return share


def _shrunk(image: np.ndarray, part: FacePart, step: int) -> np.ndarray:
    """Every `step` pixels in each direction of a part of an image as one: uint8.

    It may reach a little farther than the part: its pixels are whole. Beyond the image, its border goes on.
    """
    halvings = min(step.bit_length() - 1, 2)
    unit = math.lcm(step, 1 << halvings)
    (left, top), width, height = part.corners[0], -(-part.width // unit), -(-part.height // unit)
    small = image[top : top + height * unit, left : left + width * unit]
    below, right = height * unit - small.shape[0], width * unit - small.shape[1]
    if below or right:
        small = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_REPLICATE)
    for _ in range(halvings):  # in which OpenCV is several times as fast as in reducing at once
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    size = width * unit // step, height * unit // step
    if step == 1 << halvings:
        return small
    way = cv2.INTER_LINEAR if step < 2 << halvings else cv2.INTER_AREA
    return cv2.resize(small, size, interpolation=way)


def _multiply(image: np.ndarray, gains: np.ndarray, step: int) -> None:
    """Carries what happened to the smaller picture over to the picture, in place.

    It works in bands: the system gives new memory for large pictures in each frame, which takes longer than
    to fill it.
    """
    count = max(4, _BAND // (gains.shape[1] * step * step))
    for first in range(0, len(gains), count):
        band = image[first * step : (first + count) * step]
        height, width = band.shape[:2]
        if not height:
            break
        before = min(first, 1)  # one row more on both sides, between which pixels are interpolated
        part = gains[first - before : first + count + 1]
        if step > 1:
            size = part.shape[1] * step, len(part) * step
            part = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
        start = before * step
        band[:] = cv2.multiply(band, part[start : start + height, :width], dtype=cv2.CV_8U)

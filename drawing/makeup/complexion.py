"""Products on the skin of a face: blush, contour and highlight.

They are so soft that they are painted in a smaller picture of the face. What they do to its colors, factors
on red, green and blue, is enlarged and multiplies the picture itself, so that every pore stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import put_rows, ramp
from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.face_planes import face_oval, face_width_px, skin_patches
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, planes_of
from attention_mesh.drawing.makeup.pigment import Pigment, lay_veil
from attention_mesh.drawing.makeup.scene_light import SkinLight
from attention_mesh.models.topology.landmark_groups import landmark_groups

_SMALL_PX = 75  # width of a face in the smaller picture
_LEAST_COVER = 1  # of 255: less changes no pixel
_OUTSIDE = 127  # of 255: half of a blur
_OVAL_FEATHER = 0.018  # relative to the face's width
_GAINS = (0.3, 3.0)
_LEAST = 0.02  # of red, green or blue, 0 to 1, below which a factor means nothing
# L + 16 relative to the skin's at which a pixel is something dark before the skin, and is skin.
_DARK, _LIT = 0.62, 0.8
# Difference in a and b from the skin's, in CIELAB's units, at which a pixel is skin, and is none.
_ALIKE, _OTHER = 13.0, 22.0


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
    points = np.concatenate([patch.points for patch in patches])
    reach = 3 * max(patch.feather_px for patch in patches)
    part = face_part(points[None], [reach], (image.shape[1], image.shape[0]))
    if part is None:
        return
    step = max(1, round(width_px / _SMALL_PX))
    left, top = part.corners[0]
    box = image[top : top + part.height, left : left + part.width]
    small = _shrunk(box, step)
    height, width = small.shape[:2]
    canvas = FacePart(((left, top),), width, height, step)
    origin = np.array((left, top), np.float32)
    covers: dict[str, np.ndarray] = {}
    for patch in patches:
        cover = canvas.soft(patch.points[None], patch.counts, patch.values, patch.feather_px).ravel()
        covers[patch.product] = np.maximum(cover, covers[patch.product]) if patch.product in covers else cover
    # Beyond the face, blurs end: half of the oval's own blur lies outside, and is cut off.
    oval = face_oval(landmarks_px)
    inside = canvas.soft(oval[None], [len(oval)], [1], _OVAL_FEATHER * width_px).ravel()
    most = reduce(np.maximum, covers.values())
    where = np.flatnonzero((most > _LEAST_COVER) & (inside > _OUTSIDE))
    if not len(where):
        return
    rgb = small.reshape(-1, 3).take(where, axis=0)
    lab = planes_of(rgb)
    share = _skin_share(lab, _across(canvas, origin, step, landmarks_px).ravel()[where], light)
    share *= inside[where] * np.float32(2 / 255) - 1
    share *= 1 / 255
    for name, cover in covers.items():
        lay_veil(lab, cover[where] * share, wanted[name].pigment)
    after = cv2.cvtColor(np.ascontiguousarray(lab.T)[None], cv2.COLOR_LAB2RGB)[0]
    bare = np.maximum(rgb * np.float32(1 / 255), _LEAST)
    changes = np.maximum(after, _LEAST, out=after)
    changes /= bare
    np.minimum(np.maximum(changes, _GAINS[0], out=changes), _GAINS[1], out=changes)
    gains = np.ones((height * width, 3), np.float32)
    put_rows(gains, where, changes)
    _multiply(box, gains.reshape(small.shape), step)


def _across(canvas: FacePart, origin: np.ndarray, step: int, landmarks_px: np.ndarray) -> np.ndarray:
    """(height, width) float32: place of each pixel between the sides of the face, 0 right to 1 left.

    Args:
      canvas: the smaller picture.
      origin: (2,) px, its corner in the image.
      step: pixels of the image per pixel of it.
      landmarks_px: of the face.
    """
    right, left = landmarks_px[landmark_groups()["face_sides"], :2].astype(np.float32)
    axis = left - right
    axis *= 1 / max(float(axis @ axis), 1e-6)
    start = (origin - right) * axis
    columns = np.arange(canvas.width, dtype=np.float32) * (step * axis[0]) + start[0]
    rows = np.arange(canvas.height, dtype=np.float32) * (step * axis[1]) + start[1]
    return np.minimum(np.maximum(columns + rows[:, None], 0), 1)


def _skin_share(lab: np.ndarray, across: np.ndarray, light: SkinLight) -> np.ndarray:
    """(n,) float32: how far each pixel has the color of skin, 0 for hair, frames or a beard.

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
    return share


def _shrunk(image: np.ndarray, step: int) -> np.ndarray:
    """Every `step` pixels in each direction as one: uint8."""
    height, width = image.shape[:2]
    below, right = -height % step, -width % step
    if step == 1:
        return image
    if below or right:
        image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)
    size = image.shape[1] // step, image.shape[0] // step
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _multiply(image: np.ndarray, gains: np.ndarray, step: int) -> None:
    """Carries what happened to the smaller picture over to the picture, in place."""
    if step > 1:
        size = gains.shape[1] * step, gains.shape[0] * step
        gains = cv2.resize(gains, size, interpolation=cv2.INTER_LINEAR)
    height, width = image.shape[:2]
    image[:] = cv2.multiply(image, gains[:height, :width], dtype=cv2.CV_8U)

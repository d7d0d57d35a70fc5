"""Products on the skin of a face: blush, contour and highlight.

They are so soft that they are painted in a smaller picture of the face. What they do to its colors, factors
on red, green and blue, is enlarged and multiplies the picture itself, so that every pore stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from attention_mesh.drawing.makeup.face_part import FacePart, face_part
from attention_mesh.drawing.makeup.face_planes import face_oval, face_width_px, skin_patches
from attention_mesh.drawing.makeup.lab_color import LIGHTNESS_OFFSET, rgb_to_lab
from attention_mesh.drawing.makeup.pigment import Pigment, lay_veil
from attention_mesh.drawing.makeup.scene_light import SkinLight
from attention_mesh.models.topology.landmark_groups import landmark_groups

_SMALL_PX = 75  # width of a face in the smaller picture
_LEAST_COVER = 1  # of 255: less changes no pixel
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
    points = np.concatenate([polygons[0] for patch in patches for polygons, _ in patch.shapes])
    reach = 3 * max(patch.feather_px for patch in patches)
    part = face_part(points, reach, (image.shape[1], image.shape[0]))
    if part is None:
        return
    step = max(1, round(width_px / _SMALL_PX))
    small = _shrunk(image[part.slices], step)
    height, width = small.shape[:2]
    canvas = FacePart(0, 0, width, height)
    covers: dict[str, np.ndarray] = {}
    for patch in patches:
        shapes = [((polygons - (part.left, part.top)) / step, values) for polygons, values in patch.shapes]
        cover = canvas.soft(shapes, patch.feather_px / step).ravel()
        covers[patch.product] = np.maximum(cover, covers[patch.product]) if patch.product in covers else cover
    # Beyond the face, blurs end: half of the oval's own blur lies outside, and is cut off.
    oval = [((face_oval(landmarks_px) - (part.left, part.top)) / step, (1,))]
    inside = np.maximum(
        canvas.soft(oval, _OVAL_FEATHER * width_px / step).ravel() * np.float32(2 / 255) - 1, 0
    )
    where = np.flatnonzero((np.maximum.reduce(list(covers.values())) > _LEAST_COVER) & (inside > 0))
    if not len(where):
        return
    rgb = small.reshape(-1, 3)[where]
    lab = rgb_to_lab(rgb[None])[0]
    y, x = np.divmod(where, width)
    places = np.stack([x, y], axis=1) * np.float32(step) + (part.left, part.top)
    share = _skin_share(lab, places, landmarks_px, light) * inside[where] * np.float32(1 / 255)
    for name, cover in covers.items():
        lay_veil(lab, cover[where] * share, wanted[name].pigment)
    after = cv2.cvtColor(lab[None], cv2.COLOR_LAB2RGB)[0]
    gains = np.ones((height * width, 3), np.float32)
    gains[where] = np.clip(np.maximum(after, _LEAST) / np.maximum(rgb * np.float32(1 / 255), _LEAST), *_GAINS)
    _multiply(image[part.slices], gains.reshape(small.shape), step)


def _skin_share(
    lab: np.ndarray, places: np.ndarray, landmarks_px: np.ndarray, light: SkinLight
) -> np.ndarray:
    """(n,) float32: how far each pixel has the color of skin, 0 for hair, frames or a beard.

    The two sides of a face may be in different light, so that each is compared with its own cheek.

    Args:
      lab: (n, 3) float32 CIELAB.
      places: (n, 2) float32 px.
      landmarks_px: of the face.
      light: on the face.
    """
    sides = light.cheeks
    right, left = (landmarks_px[index, :2].astype(np.float32) for index in landmark_groups()["face_sides"])
    axis = left - right
    across = (places - right) @ (axis / max(float(axis @ axis), 1e-6))
    skin = sides[0] + (sides[1] - sides[0]) * np.clip(across, 0, 1)[:, None]
    relative = (lab[:, 0] + LIGHTNESS_OFFSET) / (skin[:, 0] + LIGHTNESS_OFFSET)
    share = np.clip((relative - _DARK) * (1 / (_LIT - _DARK)), 0, 1)
    other = np.abs(lab[:, 1:] - skin[:, 1:])
    return share * np.clip((_OTHER - np.maximum(other[:, 0], other[:, 1])) * (1 / (_OTHER - _ALIKE)), 0, 1)


def _shrunk(image: np.ndarray, step: int) -> np.ndarray:
    """Every `step` pixels in each direction as one: uint8."""
    height, width = image.shape[:2]
    below, right = -height % step, -width % step
    if below or right:
        image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)
    if step == 1:
        return image
    size = image.shape[1] // step, image.shape[0] // step
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _multiply(image: np.ndarray, gains: np.ndarray, step: int) -> None:
    """Carries what happened to the smaller picture over to the picture, in place."""
    if step > 1:
        size = gains.shape[1] * step, gains.shape[0] * step
        gains = cv2.resize(gains, size, interpolation=cv2.INTER_LINEAR)
    height, width = image.shape[:2]
    image[:] = cv2.multiply(image, gains[:height, :width], dtype=cv2.CV_8U)

"""Parts of an image in which makeup is painted, and the soft shapes in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

_FRACTION_BITS = 4
_FINE_PX = 256  # size at which a sharp shape is sampled, however small it is in the image


class FacePart(NamedTuple):
    """A box of whole pixels in an image.

    Attributes:
      left, top, width, height: in pixels.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The part, as an index of the image's rows and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def sharp(self, polygons: Iterable[np.ndarray], size_px: float, feather_px: float) -> np.ndarray:
        """The share of each pixel that polygons cover: (height, width) float32, 0 to 1.

        Args:
          polygons: (P, 2) float each, pixels of the image. Where they overlap, they cover once.
          size_px: of what is drawn; small shapes are sampled more finely.
          feather_px: standard deviation of the blur of the border.
        """
        scale = min(8, max(2, 1 << round(np.log2(max(_FINE_PX / max(size_px, 1), 1)))))
        canvas = np.zeros((self.height * scale, self.width * scale), np.uint8)
        for polygon in polygons:
            cv2.fillPoly(canvas, [self._fixed(polygon, scale)], 255, shift=_FRACTION_BITS)
        cover = cv2.resize(canvas, (self.width, self.height), interpolation=cv2.INTER_AREA)
        if feather_px > 0.3:
            cover = cv2.GaussianBlur(cover, (0, 0), feather_px)
        return cover * np.float32(1 / 255)

    def soft(
        self, levels: Iterable[tuple[np.ndarray, float]], feather_px: float, fineness: float = 2.5
    ) -> np.ndarray:
        """A soft shape made of nested ones: (height, width) float32, 0 to 1.

        Args:
          levels: polygons (P, 2) float, pixels of the image, and the coverage in each, 0 to 1; later ones lie
            on earlier ones.
          feather_px: standard deviation of the blur over them.
          fineness: pixels of the coarse canvas per standard deviation.
        """
        step = max(1, int(feather_px / fineness))  # what is blurred needs no fine pixels
        rows, columns = -(-self.height // step), -(-self.width // step)
        canvas = np.zeros((rows, columns), np.uint8)
        for polygon, value in levels:
            fixed = self._fixed(polygon, 1 / step)
            cv2.fillPoly(canvas, [fixed], round(255 * value), cv2.LINE_AA, _FRACTION_BITS)
        canvas_01 = canvas * np.float32(1 / 255)
        cover = cv2.GaussianBlur(canvas_01, (0, 0), max(feather_px / step, 0.4))
        if step > 1:
            cover = cv2.resize(cover, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        return cover[: self.height, : self.width]

    def _fixed(self, polygon: np.ndarray, scale: float) -> np.ndarray:
        points = (polygon - (self.left, self.top)) * scale - 0.5
        return np.rint(points * (1 << _FRACTION_BITS)).astype(np.int32)


def face_part(points: np.ndarray, margin_px: float, size: tuple[int, int]) -> FacePart | None:
    """The box around points, as far as it is in the image.

    Args:
      points: (P, 2) float, pixels, finite.
      margin_px: around them.
      size: (width, height) of the image, in pixels.

    Returns:
      None if nothing of it is in the image.
    """
    low = np.clip(np.floor(points.min(axis=0) - margin_px), 0, size).astype(int)
    high = np.clip(np.ceil(points.max(axis=0) + margin_px), 0, size).astype(int)
    width, height = (high - low).tolist()
    return FacePart(int(low[0]), int(low[1]), width, height) if width > 0 and height > 0 else None

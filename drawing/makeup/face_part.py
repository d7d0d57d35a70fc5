"""Parts of an image in which makeup is painted, and the coverage of shapes in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

_FRACTION_BITS = 4
_FARTHEST = 1 << 24  # of a coordinate on a canvas, still below the overflow of OpenCV's integers
_FINE_PX = 256  # size at which a sharp shape is sampled, however small it is in the image
_LEAST_BLUR_PX = 0.6  # standard deviation below which the pixels' own area is soft enough
_SOFT_PX = 2.0  # standard deviation of a blur on a coarse canvas


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

    def sharp(
        self, polygons: np.ndarray, size_px: float, feather_px: float, values: Sequence[float] = (1,)
    ) -> np.ndarray:
        """The share of each pixel that polygons cover: (height, width) float32, 0 to 1.

        Args:
          polygons: (L, P, 2) float, pixels of the image; later ones lie on earlier ones.
          size_px: of the face's part to which they belong; small ones are sampled more finely.
          feather_px: standard deviation of the blur of the border.
          values: coverage in each of the L polygons, 0 to 1.
        """
        cover = np.zeros((self.height, self.width), np.float32)
        margin = 3 * feather_px + 1
        low, high = polygons.min(axis=(0, 1)) - margin, polygons.max(axis=(0, 1)) + margin
        left, top = max(int(low[0]) - self.left, 0), max(int(low[1]) - self.top, 0)
        right = min(int(high[0]) + 1 - self.left, self.width)
        bottom = min(int(high[1]) + 1 - self.top, self.height)
        if right <= left or bottom <= top:
            return cover
        scale = 2 if size_px > _FINE_PX / 3 else 4 if size_px > _FINE_PX / 6 else 8
        canvas = np.zeros(((bottom - top) * scale, (right - left) * scale), np.uint8)
        fixed = _fixed(polygons, (self.left + left, self.top + top), scale)
        for polygon, value in zip(fixed, values, strict=True):
            cv2.fillPoly(canvas, [polygon], round(255 * value), shift=_FRACTION_BITS)
        shape = cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        if feather_px > _LEAST_BLUR_PX:
            shape = cv2.GaussianBlur(shape, (0, 0), feather_px)
        np.multiply(shape, np.float32(1 / 255), out=cover[top:bottom, left:right])
        return cover

    def soft(self, shapes: Iterable[tuple[np.ndarray, Sequence[float]]], feather_px: float) -> np.ndarray:
        """A soft shape made of nested ones: (height, width) uint8, 0 to 255.

        Args:
          shapes: polygons (L, P, 2) float, pixels of the image, and the L coverages in them, 0 to 1; later
            ones lie on earlier ones.
          feather_px: standard deviation of the blur over them.
        """
        step = max(1, int(feather_px / _SOFT_PX))  # what is blurred needs no fine pixels
        rows, columns = -(-self.height // step), -(-self.width // step)
        canvas = np.zeros((rows, columns), np.uint8)
        for polygons, values in shapes:
            fixed = _fixed(polygons, (self.left, self.top), 1 / step)
            for polygon, value in zip(fixed, values, strict=True):
                cv2.fillPoly(canvas, [polygon], round(255 * value), cv2.LINE_AA, _FRACTION_BITS)
        cover = cv2.GaussianBlur(canvas, (0, 0), max(feather_px / step, 0.4))
        if step > 1:
            cover = cv2.resize(cover, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
        return cover[: self.height, : self.width]


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


def _fixed(polygons: np.ndarray, origin: tuple[int, int], scale: float) -> np.ndarray:
    """Points on a canvas in OpenCV's fixed-point numbers: (…, 2) int32."""
    one = 1 << _FRACTION_BITS
    points = (polygons - np.array(origin, np.float32)) * np.float32(scale * one) + np.float32(0.5 - 0.5 * one)
    return np.floor(np.maximum(np.minimum(points, _FARTHEST), -_FARTHEST)).astype(np.int32, order="C")

"""Parts of an image in which makeup is painted, and the coverage of shapes in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import put_rows
from attention_mesh.drawing.makeup.soft_blur import reduced, soft_blur

_FRACTION_BITS = 4
_FARTHEST = 1 << 24  # of a coordinate on a canvas, still below the overflow of OpenCV's integers
_FAR = float(1 << 20)  # of a place, so that boxes around it are integers
_FINE_PX = 256  # size at which a sharp shape is sampled, however small it is in the image
_LEAST_BLUR_PX = 0.6  # standard deviation below which the pixels' own area is soft enough
_SOFT_PX = 2.0  # standard deviation of a blur on a coarse canvas


class FacePart(NamedTuple):
    """Boxes of whole pixels in an image, all of one size; their pixels lie below each other on one canvas.

    What is computed for both eyes at once takes half the time: small arrays cost by their number.

    Attributes:
      corners: left and top of each of the N boxes, in pixels.
      width, height: of each box, in pixels of the canvas.
      step: pixels of the image per pixel of the canvas; above 1, only `soft` can be used.
    """

    corners: tuple[tuple[int, int], ...]
    width: int
    height: int
    step: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the canvas: (N × height, width)."""
        return len(self.corners) * self.height, self.width

    def pixels(self, image: np.ndarray, where: np.ndarray) -> np.ndarray:
        """(n, 3) uint8 of an image (H, W, 3): the pixels with these indices on the canvas, row by row."""
        boxes = [self._box(image, corner) for corner in self.corners]
        canvas = boxes[0] if len(boxes) == 1 else np.concatenate(boxes)
        return canvas.reshape(-1, 3).take(where, axis=0)

    def put_pixels(self, image: np.ndarray, where: np.ndarray, pixels: np.ndarray) -> None:
        """Writes (n, 3) uint8 to what `pixels` would read; boxes that overlap share the later one's."""
        area, start = self.height * self.width, 0
        for number, (corner, end) in enumerate(zip(self.corners, self.ends(where), strict=True)):
            box = self._box(image, corner)
            canvas = box.reshape(-1, 3)  # a copy: rows of a box are not contiguous
            put_rows(canvas, where[start:end] - number * area, pixels[start:end])
            box[...] = canvas.reshape(box.shape)
            start = end

    def ends(self, where: np.ndarray) -> list[int]:
        """Where the pixels of each box end among sorted indices on the canvas."""
        area = self.height * self.width
        return np.searchsorted(where, [area * (1 + number) for number in range(len(self.corners))]).tolist()

    def along(self, origins: np.ndarray, axes: np.ndarray) -> np.ndarray:
        """How far the middle of each pixel lies along an axis of its box.

        Args:
          origins: (N, 2) px, where it begins.
          axes: (N, 2); the result is the scalar product with it.

        Returns:
          (N, height, width) float32.
        """
        first = np.array(self.corners, np.float32) + np.float32(0.5) - origins
        x = np.arange(self.width, dtype=np.float32) * axes[:, :1] + (first * axes).sum(axis=1, keepdims=True)
        y = np.arange(self.height, dtype=np.float32) * axes[:, 1:]
        return x[:, None] + y[..., None]

    def sharp(
        self, polygons: np.ndarray, size_px: float, feather_px: float, values: Sequence[float] = (1,)
    ) -> np.ndarray:
        """The share of each pixel that polygons cover: (N × height, width) float32, 0 to 1.

        Args:
          polygons: (N, L, P, 2) float32, pixels of the image; later ones lie on earlier ones.
          size_px: of the face's part to which they belong; small ones are sampled more finely.
          feather_px: standard deviation of the blur of the border.
          values: coverage in each of the L polygons, 0 to 1.
        """
        cover = np.zeros(self.shape, np.float32)
        margin = math.ceil(3 * feather_px) + 1
        local = polygons - np.array(self.corners, np.float32)[:, None, None]
        left, top, width, height = cv2.boundingRect(
            np.maximum(np.minimum(local, _FAR), -_FAR).reshape(-1, 1, 2)
        )
        right, bottom = min(left + width + margin, self.width), min(top + height + margin, self.height)
        left, top = max(left - margin, 0), max(top - margin, 0)
        if right <= left or bottom <= top:
            return cover
        scale = 2 if size_px > _FINE_PX / 3 else 4 if size_px > _FINE_PX / 6 else 8
        rows = (bottom - top) * scale
        canvas = np.zeros((len(local) * rows, (right - left) * scale), np.uint8)
        fixed = _fixed(local, (left, top), scale)
        for number, shapes in enumerate(fixed):
            box = canvas[number * rows : (number + 1) * rows]
            for polygon, value in zip(shapes, values, strict=True):
                cv2.fillPoly(box, [polygon], round(255 * value), shift=_FRACTION_BITS)
        canvas = reduced(canvas, scale)
        if feather_px > _LEAST_BLUR_PX:
            canvas = soft_blur(canvas, feather_px)
        part = cover.reshape(-1, self.height, self.width)[:, top:bottom, left:right]
        np.multiply(canvas.reshape(part.shape), np.float32(1 / 255), out=part)
        return cover

    def soft(
        self, points: np.ndarray, counts: Sequence[int], values: Sequence[float], feather_px: float
    ) -> np.ndarray:
        """A soft shape made of nested polygons: (N × height, width) uint8, 0 to 255.

        Args:
          points: (N, P, 2) float32, pixels of the image: of all polygons, one after another.
          counts: of points in each of the L polygons, P in all; later ones lie on earlier ones.
          values: coverage in each polygon, 0 to 1.
          feather_px: standard deviation of the blur over them, in pixels of the image.
        """
        feather = feather_px / self.step
        # What is blurred needs no fine pixels.
        coarse = min(max(1, int(feather / _SOFT_PX)), max(self.height, self.width))
        number, rows, columns = len(self.corners), -(-self.height // coarse), -(-self.width // coarse)
        canvas = np.zeros((number * rows, columns), np.uint8)
        corners = np.array(self.corners, np.float32)[:, None]
        fixed = _fixed(points - corners, (0, 0), 1 / (coarse * self.step))
        levels = [round(255 * value) for value in values]
        for box, places in enumerate(fixed):
            part, start = canvas[box * rows : (box + 1) * rows], 0
            for count, level in zip(counts, levels, strict=True):
                polygon = places[start : start + count]
                cv2.fillPoly(part, [polygon], level, cv2.LINE_AA, _FRACTION_BITS)
                start += count
        cover = soft_blur(canvas, max(feather / coarse, 0.4))
        if coarse == 1:
            return cover
        size = columns * coarse, number * rows * coarse
        cover = cv2.resize(cover, size, interpolation=cv2.INTER_LINEAR)
        boxes = cover.reshape(number, rows * coarse, columns * coarse)[:, : self.height, : self.width]
        return boxes.reshape(self.shape)

    def _box(self, image: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
        left, top = corner
        return image[top : top + self.height, left : left + self.width]


def face_part(points: np.ndarray, margins_px: Sequence[float], size: tuple[int, int]) -> FacePart | None:
    """The boxes around sets of points, as far as they are in the image.

    Args:
      points: (N, P, 2) float, pixels, finite.
      margins_px: around each set.
      size: (width, height) of the image, in pixels.

    Returns:
      None if nothing of one set is in the image, or if a part of several sets is outside it: then each needs
      a part of its own.
    """
    boxes = []
    for (x, y), margin_px in zip(points.transpose(0, 2, 1), margins_px, strict=True):
        left, right = math.floor(x.min() - margin_px), math.ceil(x.max() + margin_px)
        top, bottom = math.floor(y.min() - margin_px), math.ceil(y.max() + margin_px)
        if len(points) > 1 and (left < 0 or top < 0 or right > size[0] or bottom > size[1]):
            return None
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
        if right <= left or bottom <= top:
            return None
        boxes.append((left, top, right - left, bottom - top))
    width, height = max(box[2] for box in boxes), max(box[3] for box in boxes)
    corners = tuple((min(left, size[0] - width), min(top, size[1] - height)) for left, top, _, _ in boxes)
    return FacePart(corners, width, height)


def _fixed(polygons: np.ndarray, origin: tuple[int, int], scale: float) -> np.ndarray:
    """Points on a canvas in OpenCV's fixed-point numbers: (…, 2) int32."""
    one = 1 << _FRACTION_BITS
    points = polygons * np.float32(scale * one)
    points -= np.array(origin, np.float32) * np.float32(scale * one) - np.float32(0.5 - 0.5 * one)
    np.minimum(points, _FARTHEST, out=points)
    np.maximum(points, -_FARTHEST, out=points)
    return np.floor(points, out=points).astype(np.int32, order="C")

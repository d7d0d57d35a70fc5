"""Parts of an image in which makeup is painted, and the coverage of shapes in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.makeup.arithmetic import put_rows
from attention_mesh.drawing.makeup.soft_blur import reduced, soft_blur

_FRACTION_BITS = 4
_FARTHEST = 1 << 24  # of a coordinate on a canvas, still below the overflow of OpenCV's integers
_FAR = float(1 << 20)  # of a place, so that boxes around it are integers
_FINE_PX = 128  # size at which a sharp shape is sampled at least, however small it is in the image
_LEAST_BLUR_PX = 0.6  # standard deviation below which the pixels' own area is soft enough
_LARGE = 0.8  # part of a canvas from which on all of it is blurred
_SOFT_PX = 1.7  # least standard deviation of a blur on a coarse canvas


class FacePart(NamedTuple):
    """Boxes of whole pixels in an image, all of one size; their pixels lie below each other on one canvas.

    What is computed for both eyes at once takes half the time: small arrays cost by their number.

    Attributes:
      corners: left and top of each of the N boxes, in pixels.
      width, height: of each box, in pixels of the canvas.
      step: pixels of the image per pixel of the canvas; above 1, only `soft` and `along` can be used.
    """

    corners: tuple[tuple[int, int], ...]
    width: int
    height: int
    step: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the canvas: (N × height, width)."""
        return len(self.corners) * self.height, self.width

    def overlap(self, other: FacePart) -> FacePart | None:
        """What two single boxes of one image have in common; None if it is nothing."""
        (left, top), (other_left, other_top) = self.corners[0], other.corners[0]
        right = min(left + self.width, other_left + other.width)
        bottom = min(top + self.height, other_top + other.height)
        left, top = max(left, other_left), max(top, other_top)
        if right <= left or bottom <= top:
            return None
        return FacePart(((left, top),), right - left, bottom - top)

    def inner(self, points: np.ndarray, margin_px: float) -> FacePart:
        """Boxes of one size in these ones, around sets of points as far as they are in them.

        Args:
          points: (N, P, 2) float, pixels of the image, finite.
          margin_px: around each set.
        """
        corners = np.array(self.corners)
        size = np.array([self.width, self.height])
        low = np.floor(points.min(axis=1) - margin_px) - corners
        high = np.ceil(points.max(axis=1) + margin_px) - corners
        low, high = np.minimum(np.maximum(low, 0), size - 1), np.minimum(np.maximum(high, 1), size)
        width, height = np.maximum(high - low, 1).max(axis=0).astype(int).tolist()
        places = np.minimum(low, size - (width, height)).astype(int) + corners
        return FacePart(tuple(map(tuple, places.tolist())), width, height)

    def cut(self, picture: np.ndarray, inner: FacePart) -> np.ndarray:
        """(N × rows, columns) of a picture on this canvas: that of boxes in these ones, a copy."""
        return np.concatenate([picture[rows, columns] for rows, columns in self._places(inner)])

    def indices(self, inner: FacePart) -> np.ndarray:
        """(N × rows, columns) int: where the pixels of boxes in these ones lie on this canvas, row by row."""
        numbers = np.arange(inner.height)[:, None] * self.width + np.arange(inner.width)
        starts = [rows.start * self.width + columns.start for rows, columns in self._places(inner)]
        return (np.array(starts)[:, None, None] + numbers).reshape(inner.shape)

    def _places(self, inner: FacePart) -> list[tuple[slice, slice]]:
        """Rows and columns of this canvas that each of the boxes in these ones takes."""
        places = []
        for number, ((left, top), (right, low)) in enumerate(zip(self.corners, inner.corners, strict=True)):
            row, column = number * self.height + low - top, right - left
            places.append((slice(row, row + inner.height), slice(column, column + inner.width)))
        return places

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
        """How far the middle of each pixel lies along axes of its box.

        Args:
          origins: (N, 2) px of the image, where they begin.
          axes: (..., N, 2); the result is the scalar product with them.

        Returns:
          (..., N, height, width) float32.
        """
        first = np.array(self.corners, np.float32) + np.float32(0.5 * self.step) - origins
        places = np.arange(0, max(self.width, self.height) * self.step, self.step, dtype=np.float32)
        starts = (first * axes).sum(axis=-1, keepdims=True)
        x = places[: self.width] * axes[..., :1] + starts
        y = places[: self.height] * axes[..., 1:]
        return x[..., None, :] + y[..., None]

    def sharp(
        self,
        layers: Sequence[tuple[np.ndarray, Sequence[float]]],
        size_px: float,
        feather_px: float,
    ) -> np.ndarray:
        """The share of each pixel that polygons cover: (K, N × height, width) uint8, 0 to 255.

        Args:
          layers: K times polygons (N, L, P, 2) float32, pixels of the image, of which later ones lie on
            earlier ones; and L values, the coverage in them, 0 to 1. All have the same P.
          size_px: of the face's part to which they belong; small ones are sampled more finely.
          feather_px: standard deviation of the blur of the border.
        """
        polygons = layers[0][0] if len(layers) == 1 else np.concatenate([each for each, _ in layers], axis=1)
        scale = 2 if size_px >= _FINE_PX / 2 else 4 if size_px >= _FINE_PX / 4 else 8
        fixed, (left, top, right, bottom) = self._drawn(polygons, scale, math.ceil(3 * feather_px) + 1)
        cover = np.zeros((len(layers), *self.shape), np.uint8)
        if right <= left or bottom <= top:
            return cover
        if left or top:
            fixed -= np.array((left, top), np.int32) * (scale << _FRACTION_BITS)
        rows, start = (bottom - top) * scale, 0
        canvas = np.zeros((len(layers) * len(fixed) * rows, (right - left) * scale), np.uint8)
        for _, values in layers:
            for places in fixed:
                box = canvas[start : start + rows]
                start += rows
                for polygon, value in zip(places, values, strict=False):
                    cv2.fillPoly(box, [polygon], round(255 * value), cv2.LINE_8, _FRACTION_BITS)
            fixed = fixed[:, len(values) :]
        canvas = reduced(canvas, scale)
        if feather_px > _LEAST_BLUR_PX:
            canvas = soft_blur(canvas, feather_px)
        part = cover.reshape(-1, self.height, self.width)[:, top:bottom, left:right]
        part[...] = canvas.reshape(part.shape)
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
        coarse = self.coarser(feather_px)
        if coarse is not self:
            return self.enlarged(coarse.soft(points, counts, values, feather_px), coarse)
        deviation_px = max(feather_px / self.step, 0.4)
        fixed, (left, top, right, bottom) = self._drawn(
            points, 1 / self.step, math.ceil(3 * deviation_px) + 2
        )
        canvas = np.zeros((len(fixed), self.height, self.width), np.uint8)
        if right <= left or bottom <= top:
            return canvas.reshape(self.shape)
        ends = list(accumulate(counts))
        levels = [round(255 * value) for value in values]
        places = list(zip([0, *ends], ends, levels, strict=False))
        for box, polygons in zip(canvas, fixed, strict=True):
            for start, end, level in places:
                cv2.fillPoly(box, [polygons[start:end]], level, cv2.LINE_AA, _FRACTION_BITS)
        if (right - left) * (bottom - top) > _LARGE * self.width * self.height:
            return soft_blur(canvas.reshape(self.shape), deviation_px)
        zone = canvas[:, top:bottom, left:right]
        zone[...] = soft_blur(zone.reshape(-1, right - left), deviation_px).reshape(zone.shape)
        return canvas.reshape(self.shape)

    def _drawn(
        self, points: np.ndarray, scale: float, margin: int
    ) -> tuple[np.ndarray, tuple[int, int, int, int]]:
        """Points as OpenCV draws them, and the zone of each box around those of all boxes.

        Args:
          points: (N, …, 2) float32, pixels of the image.
          scale: pixels of what is drawn per pixel of the image.
          margin: of the zone around the points, in pixels of the canvas.

        Returns:
          (N, …, 2) int32, from each box's corner, in OpenCV's fixed-point numbers; and left, top, right and
          bottom of the zone, in pixels of the canvas.
        """
        one = scale * (1 << _FRACTION_BITS)
        # OpenCV's whole numbers are the middles of pixels. Half a step is for rounding.
        middle = (1 << _FRACTION_BITS - 1) - 0.5
        corners = [(left * one + middle, top * one + middle) for left, top in self.corners]
        places = points * np.float32(one)
        places -= np.array(corners, np.float32).reshape(-1, *(1,) * (points.ndim - 2), 2)
        places.clip(-_FARTHEST, _FARTHEST, out=places)
        fixed = places.astype(np.int32, order="C")
        unit = round(one * self.step)  # of the canvas's pixels
        left, top, width, height = cv2.boundingRect(fixed.reshape(-1, 1, 2))
        right, bottom = (left + width) // unit + margin + 1, (top + height) // unit + margin + 1
        left, top = max(left // unit - margin, 0), max(top // unit - margin, 0)
        return fixed, (left, top, min(right, self.width), min(bottom, self.height))

    def coarser(self, feather_px: float) -> FacePart:
        """A canvas of the same boxes on which a blur of this deviation takes a few pixels."""
        coarse = min(int(feather_px / (self.step * _SOFT_PX)), max(self.height, self.width))
        if coarse <= 1:
            return self
        size = -(-self.width // coarse), -(-self.height // coarse)
        return FacePart(self.corners, *size, self.step * coarse)

    def enlarged(self, picture: np.ndarray, canvas: FacePart) -> np.ndarray:
        """A picture on a coarser canvas of the same boxes, (N × rows, columns) or more, on this one."""
        if canvas is self:
            return picture
        times = canvas.step // self.step
        rows, columns = canvas.height * times, canvas.width * times
        size = columns, len(self.corners) * rows
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
        channels = picture.shape[2:]
        boxes = picture.reshape(-1, rows, columns, *channels)[:, : self.height, : self.width]
        return boxes.reshape(*self.shape, *channels)

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
    rows = np.ascontiguousarray(points.transpose(0, 2, 1))  # whose ends are found faster
    ends = np.minimum.reduce(rows, axis=2).tolist(), np.maximum.reduce(rows, axis=2).tolist()
    for low, high, margin_px in zip(*ends, margins_px, strict=True):
        left, right = math.floor(low[0] - margin_px), math.ceil(high[0] + margin_px)
        top, bottom = math.floor(low[1] - margin_px), math.ceil(high[1] + margin_px)
        if len(points) > 1 and (left < 0 or top < 0 or right > size[0] or bottom > size[1]):
            return None
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
        if right <= left or bottom <= top:
            return None
        boxes.append((left, top, right - left, bottom - top))
    width, height = max(box[2] for box in boxes), max(box[3] for box in boxes)
    corners = tuple((min(left, size[0] - width), min(top, size[1] - height)) for left, top, _, _ in boxes)
    return FacePart(corners, width, height)

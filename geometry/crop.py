"""Cutting rotated rectangles out of an image as the input of a network."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from attention_mesh.geometry.image_hints import dtype_hint, object_hint, shape_hint
from attention_mesh.geometry.projection import Affine, rect_affine
from attention_mesh.limits import check_size

# A four-channel bilinear warp takes well under half the time of a three-channel one (one load a sample),
# but the pixels have to be widened first. Measured: it pays up to this many source pixels a sample.
WIDEN_LIMIT = 20

# A warp of four channels out of a frame that another core has just written, as a decoder does, waits for
# memory if the rectangle is rotated: it jumps from row to row. To copy the rows into memory without gaps
# first takes half the time. Measured for 720p and 1080p: it pays up to this many source pixels a sample.
COPY_LIMIT = 12

_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

# Comparing with a dtype object takes half the time of comparing with a type.
_UINT8 = np.dtype(np.uint8)

BORDER_MODES = {"replicate": cv2.BORDER_REPLICATE, "zero": cv2.BORDER_CONSTANT}


def check_crop_source(image: np.ndarray, what: str = "the image") -> None:
    """Checks that `image` is a (H, W, 3) or (H, W, 4) uint8 array with at least one pixel.

    Args:
      image: what to check, of any type.
      what: the name of the image in the error.

    Raises:
      ValueError: it is not, or it has more pixels than `limits.max_pixels`.
    """
    if not isinstance(image, np.ndarray):
        hint = object_hint(image)
        raise ValueError(
            f"{what} is a {type(image).__name__}; expected a numpy array (H, W, 3) uint8, RGB"
            + (f". {hint}" if hint else "")
        )
    if image.ndim != 3 or image.shape[2] not in (3, 4) or image.dtype != _UINT8:
        hints = " ".join(hint for hint in (shape_hint(image), dtype_hint(image)) if hint)
        raise ValueError(
            f"{what} has shape {image.shape} and type {image.dtype}; expected (H, W, 3) uint8, RGB"
            + (f". {hints}" if hints else "")
        )
    if not image.size:
        raise ValueError(f"{what} has no pixels: its shape is {image.shape}")
    check_size(image.shape[1], image.shape[0], what)


def crop_affine(rect_px: Sequence[float], size: tuple[int, int]) -> Affine:
    """The two rows of the affine from pixel indices of the crop to pixel indices of the image.

    The rectangle's corners map to the indices (0, 0) and (width, height) of the crop, without half-pixel
    terms, as in the official runtime's OpenCV converter: the networks were measured and shipped with this
    convention.

    Args:
      rect_px: x_center, y_center, width, height in pixels of the image, rotation in radians, clockwise.
      size: (width, height) of the crop.
    """
    (xx, xy, x), (yx, yy, y) = rect_affine(rect_px)
    columns, rows = size
    return (xx / columns, xy / rows, x), (yx / columns, yy / rows, y)


class Cropper:
    """Cuts rotated rectangles out of images into tensors, with buffers that stay between calls.

    One instance serves one thread at a time.

    Args:
      size: (width, height) of the crops in pixels.
      value_range: the values that 0 and 255 map to, in float32 crops; None for crops in uint8 as the image
        has them.
      border: what lies outside the image, "replicate" (its edge pixels) or "zero" (black).

    Raises:
      ValueError: the size, range or border is invalid.
    """

    def __init__(
        self,
        size: tuple[int, int],
        value_range: tuple[float, float] | None = (0.0, 1.0),
        border: str = "replicate",
    ) -> None:
        if size[0] <= 0 or size[1] <= 0:
            raise ValueError(f"a crop's width and height must be positive, got {size[0]}x{size[1]}")
        check_size(*size, "a crop")
        if value_range is not None and not value_range[0] < value_range[1]:
            raise ValueError(f"the range must rise from min to max, got {value_range[0]} to {value_range[1]}")
        if border not in BORDER_MODES:
            raise ValueError(f"border must be one of {', '.join(BORDER_MODES)}, got {border!r}")
        self.size = size
        self._border = BORDER_MODES[border]
        low, high = value_range or (0.0, 255.0)
        self._scale = (high - low) / 255.0
        self._offset = float(low)
        self._is_bytes = value_range is None
        self._affine = np.empty((2, 3))
        self._widened = np.empty((0, 4), np.uint8)
        self._warped = np.empty((size[1], size[0], 4), np.uint8)

    def crop(self, image: np.ndarray, rects_px: np.ndarray | Sequence[Sequence[float]]) -> np.ndarray:
        """The crops of all rectangles: (F, height, width, 3), float32 in the range or uint8, a new array.

        The image is sampled bilinearly on uint8; see `crop_affine`.

        Args:
          image: (H, W, 3) uint8 RGB, or (H, W, 4), whose fourth channel is left out. Four channels take about
            half the time of three.
          rects_px: (F, 5) float, or F rows of numbers; x_center, y_center, width, height in pixels of the
            image, rotation in radians, clockwise. A negative width gives a mirrored crop.

        Raises:
          ValueError: a rectangle has no area or is not finite, or the image is too large, see `limits`.
        """
        check_size(image.shape[1], image.shape[0], "the image")  # OpenCV's warp would end the process
        rows = rects_px.tolist() if isinstance(rects_px, np.ndarray) else rects_px
        width, height = self.size
        crops = np.empty((len(rows), height, width, 3), np.uint8)
        for rect, crop in zip(rows, crops, strict=True):
            self._cut(image, rect, crop)
        return crops if self._is_bytes else self._as_floats(crops)

    def _cut(self, image: np.ndarray, rect: Sequence[float], crop: np.ndarray) -> None:
        """One rectangle, into `crop` (height, width, 3) uint8."""
        x, y, width, height, _ = rect
        if not (math.isfinite(sum(rect)) and width and height > 0):
            raise ValueError(
                "a region must be finite, with a width and a positive height, got x_center, y_center, width, "
                f"height, rotation = {rect}"
            )
        size = columns, rows = self.size
        (xx, xy, x_start), (yx, yy, y_start) = crop_affine(rect, size)
        # The part of the image that the samples read: one pixel more for the bilinear neighbor, one for
        # rounding inside the warp, one for the part int() cuts off. It ends short of the image's border only
        # where no sample comes near its edge, so that cutting it out changes no border pixel.
        x_reach, y_reach = (abs(xx) * columns + abs(xy) * rows) / 2, (abs(yx) * columns + abs(yy) * rows) / 2
        image_height, image_width, channels = image.shape
        x0, y0 = max(0, int(x - x_reach) - 1), max(0, int(y - y_reach) - 1)
        x1, y1 = min(image_width, int(x + x_reach) + 3), min(image_height, int(y + y_reach) + 3)
        limit = WIDEN_LIMIT if channels == 3 else COPY_LIMIT if xy else 0
        pays = x0 < x1 and y0 < y1 and (x1 - x0) * (y1 - y0) <= limit * columns * rows
        if pays:
            x_start, y_start = x_start - x0, y_start - y0
        affine = self._affine
        # Item by item: a new array from numbers costs twice as much.
        affine[0, 0], affine[0, 1], affine[0, 2] = xx, xy, x_start
        affine[1, 0], affine[1, 1], affine[1, 2] = yx, yy, y_start
        if channels == 3 and not pays:
            cv2.warpAffine(image, affine, size, dst=crop, flags=_WARP, borderMode=self._border)
            return
        source = image
        if pays:
            part, source = image[y0:y1, x0:x1], self._buffer(y1 - y0, x1 - x0)
            if channels == 3:
                cv2.cvtColor(part, cv2.COLOR_RGB2RGBA, dst=source)
            else:
                np.copyto(source, part)
        cv2.warpAffine(source, affine, size, dst=self._warped, flags=_WARP, borderMode=self._border)
        cv2.cvtColor(self._warped, cv2.COLOR_RGBA2RGB, dst=crop)

    def _buffer(self, height: int, width: int) -> np.ndarray:
        """(height, width, 4) uint8, of memory that the next call gives again."""
        pixels = height * width
        if len(self._widened) < pixels:
            self._widened = np.empty((pixels, 4), np.uint8)
        return self._widened[:pixels].reshape(height, width, 4)

    def _as_floats(self, crops: np.ndarray) -> np.ndarray:
        """crops * scale + offset, float32."""
        if self._scale < 0.5 and len(crops):
            # out · (1 − scale) + crops · scale in one pass, half the time of convert, multiply, add.
            out = np.full(crops.shape, self._offset / (1 - self._scale), np.float32)
            # OpenCV's images have two axes and channels: the crops one below the other.
            image = -1, *crops.shape[2:]
            cv2.accumulateWeighted(crops.reshape(image), out.reshape(image), self._scale)
        else:
            out = crops * np.float32(self._scale)
            out += np.float32(self._offset)
        return out

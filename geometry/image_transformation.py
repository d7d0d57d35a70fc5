"""Image transformations with OpenCV: scale, rotation, mirror."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from attention_mesh.geometry.letterbox import fit_padding

STRETCH = "stretch"
FIT = "fit"
FILL = "fill"

_MAX_CHANNELS = 4  # what OpenCV pads and warps at once


@dataclass(frozen=True)
class ImageTransformation:
    """Scales, then turns, then mirrors an image.

    A scaled image is turned about its center within the output's shape, so that a quarter turn of an oblong
    loses its ends. Steps and rounding are those of MediaPipe 0.10.21's CPU path.

    Attributes:
      width, height: pixels of the output; if one of them is 0, the image is not scaled.
      degrees: 0, 90, 180 or 270, counter-clockwise.
      scale_mode: STRETCH; FIT keeps the aspect ratio and pads; FILL keeps it too and gives the image that
        would fit, without padding (the official node on the CPU crops nothing, whatever its name says).
      padding_color: for FIT, one value per channel; None repeats the border's pixels.
      nearest: take the nearest pixel; else interpolate linearly, or by area if the image becomes smaller.
    """

    width: int = 0
    height: int = 0
    degrees: int = 0
    flip_horizontally: bool = False
    flip_vertically: bool = False
    scale_mode: str = STRETCH
    padding_color: tuple[int, int, int] | None = (0, 0, 0)
    nearest: bool = False

    @property
    def scales(self) -> bool:
        return self.width > 0 and self.height > 0

    @property
    def swaps_sides(self) -> bool:
        return self.degrees in (90, 270)

    def output_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) of the output for an image of `size`; FILL may give a smaller one."""
        if self.scales:
            return self.width, self.height
        return (size[1], size[0]) if self.swaps_sides else size

    def apply(self, image: np.ndarray) -> np.ndarray:
        """The transformed image; `image` itself if there is nothing to do.

        Args:
          image: (H, W) or (H, W, C) of uint8, uint16 or float32; the result has as many axes and channels.
        """
        result = image
        if self.scales:
            result = self._scaled(result)
        result = self._turned(result)
        if self.flip_horizontally or self.flip_vertically:
            axis = -1 if self.flip_horizontally and self.flip_vertically else int(self.flip_horizontally)
            result = cv2.flip(result, axis)
        return result[..., None] if result.ndim < image.ndim else result

    def padding(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the padding for an image of `size`, as fractions of the output."""
        if self.scale_mode != FIT:
            return (0.0, 0.0, 0.0, 0.0)
        turned = (size[1], size[0]) if self.swaps_sides else size
        return fit_padding(turned, self.output_size(size))

    def with_degrees(self, degrees: int) -> "ImageTransformation":
        """The same with another turn.

        Raises:
          ValueError: the degrees are no quarter turn.
        """
        if degrees not in (0, 90, 180, 270):
            raise ValueError(f"rotation of {degrees} degrees; expected 0, 90, 180 or 270")
        return replace(self, degrees=degrees)

    def _scaled(self, image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        if self.scale_mode == STRETCH:
            smaller = width > self.width and height > self.height
            return cv2.resize(image, (self.width, self.height), interpolation=self._interpolation(smaller))
        scale = min(np.float32(self.width) / np.float32(width), np.float32(self.height) / np.float32(height))
        fitted = (_round(np.float32(width) * scale), _round(np.float32(height) * scale))
        if min(fitted) < 1:
            raise ValueError(
                f"an image of {width}x{height} pixels would be {fitted[0]}x{fitted[1]} within "
                f"{self.width}x{self.height}; choose a larger output"
            )
        result = cv2.resize(image, fitted, interpolation=self._interpolation(bool(scale < 1)))
        if self.scale_mode == FILL:
            return result
        top, left = (self.height - fitted[1]) // 2, (self.width - fitted[0]) // 2
        bottom, right = self.height - fitted[1] - top, self.width - fitted[0] - left
        kind = cv2.BORDER_REPLICATE if self.padding_color is None else cv2.BORDER_CONSTANT
        value = (*(self.padding_color or ()), 0, 0, 0, 0)[:_MAX_CHANNELS]
        return cv2.copyMakeBorder(result, top, bottom, left, right, kind, value=value)

    def _interpolation(self, smaller: bool) -> int:
        if self.nearest:
            return cv2.INTER_NEAREST
        return cv2.INTER_AREA if smaller else cv2.INTER_LINEAR

    def _turned(self, image: np.ndarray) -> np.ndarray:
        if self.degrees == 0:
            return image
        height, width = image.shape[:2]
        if self.scales or self.output_size((width, height)) == (width, height):
            # About the corner of four pixels rather than a pixel's center: half a turn leaves a row and a
            # column of zeros, as it does officially.
            matrix = cv2.getRotationMatrix2D((width / 2, height / 2), self.degrees, 1.0)
            return cv2.warpAffine(image, matrix, (width, height))
        return cv2.rotate(
            image, cv2.ROTATE_90_COUNTERCLOCKWISE if self.degrees == 90 else cv2.ROTATE_90_CLOCKWISE
        )


def _round(value: np.float32) -> int:
    """To the nearest whole number, halves up, as C++ rounds numbers from 0."""
    return math.floor(value + np.float32(0.5))

"""Image transformations with OpenCV: scale, rotation, mirror."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from attention_mesh.geometry.letterbox import fit_padding
from attention_mesh.limits import check_size

STRETCH = "stretch"
FIT = "fit"
FILL = "fill"

_MAX_CHANNELS = 4  # what OpenCV pads and warps at once
_INTERPOLATIONS = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}


@dataclass(frozen=True)
class Placement:
    """Where a scaled image lies in the output; all numbers are pixels.

    Attributes:
      output_size: (width, height) of the output.
      size: (width, height) of the scaled image in it.
      left, top: of the scaled image; what is around it is padding.
      method: how it is scaled, "nearest", "linear" or "area".
    """

    output_size: tuple[int, int]
    size: tuple[int, int]
    left: int
    top: int
    method: str


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

        Raises:
          ValueError: the image or the result is too large, see `limits`.
        """
        check_size(image.shape[1], image.shape[0], "the image")
        check_size(*self.output_size((image.shape[1], image.shape[0])), "the transformed image")
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

    def placement(self, size: tuple[int, int]) -> "Placement":
        """Where the scaled image lies in the output, for an image of `size`.

        Raises:
          ValueError: it would be smaller than a pixel.
        """
        width, height = size
        if self.scale_mode == STRETCH:
            method = self._method(width > self.width and height > self.height)
            return Placement((self.width, self.height), (self.width, self.height), 0, 0, method)
        scale = min(np.float32(self.width) / np.float32(width), np.float32(self.height) / np.float32(height))
        fitted = (_round(np.float32(width) * scale), _round(np.float32(height) * scale))
        if min(fitted) < 1:
            raise ValueError(
                f"an image of {width}x{height} pixels would be {fitted[0]}x{fitted[1]} within "
                f"{self.width}x{self.height}; choose a larger output"
            )
        method = self._method(bool(scale < 1))
        if self.scale_mode == FILL:
            return Placement(fitted, fitted, 0, 0, method)
        left, top = (self.width - fitted[0]) // 2, (self.height - fitted[1]) // 2
        return Placement((self.width, self.height), fitted, left, top, method)

    def turn_to_source(self, size: tuple[int, int]) -> tuple[tuple[int, int], np.ndarray]:
        """Turn and mirroring as a map.

        Args:
          size: (width, height) of the scaled image.

        Returns:
          (width, height) of the result, and (2, 3) float64 from column, row, 1 of its pixels to those of the
          scaled image.
        """
        width, height = size
        turn = np.eye(3)
        if self.degrees and (self.scales or not self.swaps_sides or width == height):
            turn[:2] = cv2.invertAffineTransform(_about_center(size, self.degrees))
        elif self.degrees:
            clockwise = [[0, 1, 0], [-1, 0, height - 1]]
            turn[:2] = [[0, -1, width - 1], [1, 0, 0]] if self.degrees == 90 else clockwise
            size = (height, width)
        mirror = np.eye(3)
        for axis, flips in enumerate((self.flip_horizontally, self.flip_vertically)):
            if flips:
                mirror[axis, axis], mirror[axis, 2] = -1, size[axis] - 1
        return size, (turn @ mirror)[:2]

    def _scaled(self, image: np.ndarray) -> np.ndarray:
        place = self.placement((image.shape[1], image.shape[0]))
        result = cv2.resize(image, place.size, interpolation=_INTERPOLATIONS[place.method])
        if place.size == place.output_size:
            return result
        right = place.output_size[0] - place.size[0] - place.left
        bottom = place.output_size[1] - place.size[1] - place.top
        kind = cv2.BORDER_REPLICATE if self.padding_color is None else cv2.BORDER_CONSTANT
        value = (*(self.padding_color or ()), 0, 0, 0, 0)[:_MAX_CHANNELS]
        return cv2.copyMakeBorder(result, place.top, bottom, place.left, right, kind, value=value)

    def _method(self, smaller: bool) -> str:
        if self.nearest:
            return "nearest"
        return "area" if smaller else "linear"

    def _turned(self, image: np.ndarray) -> np.ndarray:
        if self.degrees == 0:
            return image
        height, width = image.shape[:2]
        if self.scales or self.output_size((width, height)) == (width, height):
            return cv2.warpAffine(image, _about_center((width, height), self.degrees), (width, height))
        return cv2.rotate(
            image, cv2.ROTATE_90_COUNTERCLOCKWISE if self.degrees == 90 else cv2.ROTATE_90_CLOCKWISE
        )


def _about_center(size: tuple[int, int], degrees: int) -> np.ndarray:
    """(2, 3), a turn counter-clockwise.

    It is about the corner of four pixels rather than a pixel's center: half a turn leaves a row and a column
    of zeros, as it does officially.
    """
    return cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, 1.0)


def _round(value: np.float32) -> int:
    """To the nearest whole number, halves up, as C++ rounds numbers from 0."""
    return math.floor(value + np.float32(0.5))

"""Conversion of decoded pictures to upright RGB with square pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from av import VideoFrame
    from av.sidedata.sidedata import SideData

_ITU709, _ITU601 = 1, 5  # FFmpeg's numbers
_WIDEST_PIXEL = 10  # a pixel aspect beyond this, or below its inverse, is an error of the file

# (rows and columns are exchanged, then mirrored left to right, then top to bottom) -> a rotation by OpenCV.
_ROTATIONS = {
    (True, True, False): cv2.ROTATE_90_CLOCKWISE,
    (False, True, True): cv2.ROTATE_180,
    (True, False, True): cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class UprightRgb:
    """Converts the pictures of one film to (H, W, 3) uint8 RGB, upright and with square pixels.

    The display matrix of the film turns and mirrors the pictures. Pixels that are not square become so: the
    shorter side of a pixel is stretched, so that no detail is lost. All pictures get the size of the first.
    The film's tags choose the color matrix (BT.601, BT.709 …) and the range.

    Args:
      pixel_aspect: width of a pixel over its height; None if the film does not say.
    """

    def __init__(self, pixel_aspect: Fraction | None = None) -> None:
        from av.video.reformatter import VideoReformatter

        # One for all pictures: each keeps FFmpeg's scaler, whose setup takes longer than a conversion.
        self._reformatter = VideoReformatter()
        self._aspect = Fraction(pixel_aspect or 1)
        if not Fraction(1, _WIDEST_PIXEL) <= self._aspect <= _WIDEST_PIXEL:
            self._aspect = Fraction(1)
        self._size: tuple[int, int] | None = None

    def convert(self, frame: VideoFrame) -> np.ndarray:
        """The picture as (H, W, 3) uint8 RGB, C-contiguous."""
        if self._size is None:
            width, height = frame.width, frame.height
            if self._aspect > 1:
                width = round(width * self._aspect)
            elif self._aspect < 1:
                height = round(height / self._aspect)
            self._size = (width, height)
        width, height = self._size
        scaled = (width, height) != (frame.width, frame.height)
        rgb = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            # PyAV below 17 ignores the film's matrix unless another is asked for, which RGB does not have.
            dst_colorspace=_ITU601 if frame.colorspace == _ITU709 else None,
            interpolation="BICUBIC" if scaled else "BILINEAR",
        )
        plane = rgb.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        image = np.ascontiguousarray(rows[:height, : 3 * width]).reshape(height, width, 3)
        return _turned(image, _orientation(frame))


def _orientation(frame: VideoFrame) -> tuple[bool, bool, bool]:
    """Whether the display matrix exchanges rows and columns, then mirrors left to right, then top to bottom.

    The matrix has nine 16.16 fixed-point numbers: x' = a·x + c·y, y' = b·x + d·y in rows (a b u), (c d v).
    """
    data = cast("SideData | None", frame.side_data.get("DISPLAYMATRIX"))
    if data is None:
        return False, False, False
    a, b, _, c, d = np.frombuffer(memoryview(data), np.int32)[:5].tolist()
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return False, a < 0, d < 0
    return True, c < 0, b < 0


def _turned(image: np.ndarray, orientation: tuple[bool, bool, bool]) -> np.ndarray:
    exchanged, left_right, top_bottom = orientation
    if orientation in _ROTATIONS:
        return cv2.rotate(image, _ROTATIONS[orientation])
    if exchanged:
        image = cv2.transpose(image)
    if left_right or top_bottom:
        image = cv2.flip(image, -1 if left_right and top_bottom else int(left_right))
    return image

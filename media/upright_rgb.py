"""Conversion of decoded pictures to upright RGB with square pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from attention_mesh.forks import keep_forever, tell_forked_process
from attention_mesh.media.raw_picture import RawPicture

if TYPE_CHECKING:
    from av import VideoFrame
    from av.filter import Graph
    from av.sidedata.sidedata import SideData

_SMALL_PIXELS = 1280 * 720
_WIDEST_PIXEL = 10  # a pixel aspect beyond this, or below its inverse, is an error of the file

# (rows and columns are exchanged, then mirrored left to right, then top to bottom) -> a rotation by OpenCV.
_ROTATIONS = {
    (True, True, False): cv2.ROTATE_90_CLOCKWISE,
    (False, True, True): cv2.ROTATE_180,
    (True, False, True): cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def size_with_square_pixels(size: tuple[int, int], pixel_aspect: Fraction | None) -> tuple[int, int]:
    """The (width, height) that a picture gets whose pixels are so many times as wide as high.

    The shorter side of a pixel is stretched. An aspect beyond 10, or below a tenth, is an error of the file
    and has no effect.
    """
    width, height = size
    aspect = Fraction(pixel_aspect or 1)
    if 1 < aspect <= _WIDEST_PIXEL:
        width = round(width * aspect)
    elif Fraction(1, _WIDEST_PIXEL) <= aspect < 1:
        height = round(height / aspect)
    return width, height


class UprightRgb:
    """Converts the pictures of one film to (H, W, C) uint8 RGB, upright and with square pixels.

    The display matrix of the film turns and mirrors the pictures. Pixels that are not square become so: the
    shorter side of a pixel is stretched, so that no detail is lost. All pictures get the size of the first.
    The film's tags choose the color matrix (BT.601, BT.709 …) and the range.

    Args:
      pixel_aspect: width of a pixel over its height; None if the film does not say.
      keeps_format: whether pictures that are upright with square pixels stay in the film's format, if that is
        one of `RAW_FORMATS`.
      channels: C. A fourth channel has no meaning. FFmpeg writes four in less time than three, with the same
        colors, unless it scales; pictures that are scaled always have three.
    """

    def __init__(
        self, pixel_aspect: Fraction | None = None, keeps_format: bool = False, channels: int = 3
    ) -> None:
        self._aspect = pixel_aspect
        self._channels, self._wanted_channels = 3, channels
        self._size: tuple[int, int] | None = None
        self._filter: Graph | None = None
        self._kind: tuple[object, ...] = ()  # of the pictures that the filter takes
        self._orientation = (False, False, False)  # of the same, see `_orientation`
        self._keeps_format = keeps_format
        self.rotation_degrees = 0  # that the newest picture asks for, counterclockwise
        tell_forked_process(self)

    def leave_to_parent(self) -> None:
        """Makes a new filter in a forked process, which lacks the threads of the old one."""
        keep_forever(self._filter)
        self._filter = None

    def convert(self, frame: VideoFrame) -> Any:
        """The picture as (H, W, C) uint8 RGB, C-contiguous; or a RawPicture on the frame's memory."""
        if self._size is None:
            self._size = size_with_square_pixels((frame.width, frame.height), self._aspect)
        kind = (
            frame.width,
            frame.height,
            frame.format.name,
            frame.colorspace,
            frame.color_range,
            frame.rotation,
        )
        if self._filter is None or kind != self._kind:
            is_scaled = self._size != (frame.width, frame.height)
            self._channels = 3 if is_scaled else self._wanted_channels
            self._filter, self._kind = _rgb_filter(frame, self._size, self._channels), kind
            self._orientation = _orientation(frame)
            self.rotation_degrees = frame.rotation
        if self._keeps_format and not any(self._orientation) and self._size == (frame.width, frame.height):
            raw = RawPicture.from_frame(frame)
            if raw is not None:
                return raw
        self._filter.push(frame)
        rgb = cast("VideoFrame", self._filter.pull())
        plane = rgb.planes[0]
        (width, height), channels = self._size, self._channels
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        image = np.ascontiguousarray(rows[:height, : channels * width]).reshape(height, width, channels)
        return _turned(image, self._orientation)


def _rgb_filter(frame: VideoFrame, size: tuple[int, int], channels: int) -> Graph:
    """A filter that converts pictures like `frame` to RGB of `size`, with 3 or 4 channels.

    A filter reuses the memory of pictures that nobody holds any more. `VideoFrame.reformat` takes new memory
    for each picture, which costs as much as the conversion.
    """
    from av.filter import Graph

    scaled = size != (frame.width, frame.height)
    pixels = "rgb24" if channels == 3 else "rgb0"
    graph = Graph()
    if size[0] * size[1] <= _SMALL_PIXELS:
        graph.threads = 1  # to wait for another thread takes longer than its half of the picture
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or Fraction(1, 1_000_000),
    )
    scale = graph.add("scale", f"{size[0]}:{size[1]}:flags={'bicubic' if scaled else 'bilinear'}")
    graph.link_nodes(source, scale, graph.add("format", pixels), graph.add("buffersink")).configure()
    return graph


def _orientation(frame: VideoFrame) -> tuple[bool, bool, bool]:
    """Whether the display matrix exchanges rows and columns, then mirrors left to right, then top to bottom.

    Not for every picture: a picture whose side data have been looked at holds itself in a reference cycle, so
    that FFmpeg takes new memory for the pictures after it until the garbage collector runs.

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

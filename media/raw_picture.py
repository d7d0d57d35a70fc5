"""RawPicture: a picture as a camera or a decoder gives it, before anything makes RGB of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from av import VideoFrame

# Format -> for each plane: rows of the picture per row, then bytes per so many columns of the picture.
_PLANES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "gray": ((1, 1, 1),),
    "rgb": ((1, 3, 1),),
    "bgr": ((1, 3, 1),),
    "rgba": ((1, 4, 1),),
    "bgra": ((1, 4, 1),),
    "yuy2": ((1, 4, 2),),
    "nv12": ((1, 1, 1), (2, 2, 2)),
    "i420": ((1, 1, 1), (2, 1, 2), (2, 1, 2)),
}
RAW_FORMATS = tuple(_PLANES)
"""The formats: "yuy2", "nv12" and "i420" are luma with chroma at half the width, the latter two also at half
the height; an odd last column or row has a chroma of its own."""

_OF_FFMPEG = {
    "gray": "gray",
    "rgb24": "rgb",
    "bgr24": "bgr",
    "rgba": "rgba",
    "bgra": "bgra",
    "yuyv422": "yuy2",
    "nv12": "nv12",
    "yuv420p": "i420",
    "yuvj420p": "i420",
}

# The weights of red and blue in luma: ITU-R BT.601 (2.5.1), BT.709 (3.2), BT.2020 (table 4).
LUMA_WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
# FFmpeg's AVColorSpace; what is unspecified is BT.601, as FFmpeg's own conversion has it.
_MATRIX_OF_FFMPEG = {1: "bt709", 9: "bt2020"}
_FULL_RANGE_OF_FFMPEG = 2  # AVCOL_RANGE_JPEG


@dataclass(frozen=True, slots=True, eq=False)
class RawPicture:
    """A picture in the layout of a camera or a decoder. Nobody writes to it.

    Attributes:
      format: one of `RAW_FORMATS`.
      size: (width, height) in pixels.
      planes: (rows, bytes) uint8 each; a row may be longer than the picture needs.
      matrix: of formats with luma, "bt601", "bt709" or "bt2020".
      is_full_range: of formats with luma, whether black is 0 and white 255, instead of 16 and 235.
    """

    format: str
    size: tuple[int, int]
    planes: tuple[np.ndarray, ...]
    matrix: str = "bt601"
    is_full_range: bool = False

    def __post_init__(self) -> None:
        width, height = self.size
        if self.format not in _PLANES:
            raise ValueError(f"the format is {self.format!r}; expected one of {', '.join(RAW_FORMATS)}")
        if self.matrix not in LUMA_WEIGHTS:
            raise ValueError(f"the matrix is {self.matrix!r}; expected one of {', '.join(LUMA_WEIGHTS)}")
        if width < 1 or height < 1:
            raise ValueError(f"a picture of {width}x{height} has no pixels")
        needed = [
            (-(-height // rows), -(-width // columns) * count)
            for rows, count, columns in _PLANES[self.format]
        ]
        shapes = [plane.shape for plane in self.planes]
        if len(shapes) != len(needed) or any(
            plane.dtype != np.uint8 or plane.ndim != 2 or plane.shape[0] < rows or plane.shape[1] < count
            for plane, (rows, count) in zip(self.planes, needed, strict=False)
        ):
            raise ValueError(
                f"a {self.format} picture of {width}x{height} has uint8 planes of (rows, bytes) {needed} or "
                f"more; these are {shapes}"
            )

    @classmethod
    def from_array(
        cls, array: np.ndarray, format: str, matrix: str = "bt601", is_full_range: bool = False
    ) -> RawPicture:
        """The picture in one array, as OpenCV lays it out.

        Args:
          array: uint8: (H, W) of "gray", (H, W, 3) or (H, W, 4) of the formats with red, green and blue,
            (H, W, 2) of "yuy2", and (H · 3/2, W) of "nv12" and "i420", whose H and W are even.
          format: one of `RAW_FORMATS`.
          matrix: of luma, see the class.
          is_full_range: of luma, see the class.

        Raises:
          ValueError: the array is none of the format.
        """
        if format not in ("nv12", "i420"):
            height, width = array.shape[:2]
            return cls(format, (width, height), (array.reshape(height, -1),), matrix, is_full_range)
        if array.ndim != 2 or array.shape[0] % 3 or array.shape[1] % 2:
            raise ValueError(f"an array of {format} has the shape (H * 3/2, W), not {array.shape}")
        width, height = array.shape[1], array.shape[0] * 2 // 3
        luma, chroma = array[:height], array[height:]
        if format == "nv12":
            return cls(format, (width, height), (luma, chroma), matrix, is_full_range)
        halves = chroma.reshape(2, height // 2, width // 2)
        return cls(format, (width, height), (luma, halves[0], halves[1]), matrix, is_full_range)

    @classmethod
    def from_frame(cls, frame: VideoFrame) -> RawPicture | None:
        """A picture of PyAV's, whose memory it shares; None if its format is none of `RAW_FORMATS`."""
        format = _OF_FFMPEG.get(frame.format.name)
        if format is None:
            return None
        planes = tuple(
            np.frombuffer(cast("memoryview", memoryview(plane)), np.uint8).reshape(-1, plane.line_size)
            for plane in frame.planes
        )
        is_full = frame.format.name.startswith("yuvj") or int(frame.color_range) == _FULL_RANGE_OF_FFMPEG
        matrix = _MATRIX_OF_FFMPEG.get(int(frame.colorspace), "bt601")
        return cls(format, (frame.width, frame.height), planes, matrix, is_full)

    def to_rgb(self) -> np.ndarray:
        """The picture as (H, W, 3) uint8 RGB, or (H, W, 4) RGBA if it has alpha; chroma is not smoothed."""
        width, height = self.size
        if self.format in ("gray", "rgb", "bgr", "rgba", "bgra"):
            channels = {"gray": 1}.get(self.format, len(self.format))
            pixels = self.planes[0][:height, : channels * width].reshape(height, width, channels)
            order = {"gray": [0, 0, 0], "bgr": [2, 1, 0], "bgra": [2, 1, 0, 3]}.get(self.format)
            return np.ascontiguousarray(pixels if order is None else pixels[:, :, order])
        luma, blue, red = self._luma_and_chroma()
        scale, matrix = yuv_coefficients(self.matrix, self.is_full_range)
        light = (luma.astype(np.float32) - scale[0]) * scale[1]
        chroma = np.stack([blue, red], axis=-1).astype(np.float32) - 128
        rgb = light[:, :, None] + chroma @ np.asarray(matrix, np.float32).T
        return np.clip(np.floor(rgb + 0.5), 0, 255).astype(np.uint8)

    def _luma_and_chroma(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(H, W) uint8 each: luma, and the differences of blue and of red."""
        width, height = self.size
        if self.format == "yuy2":
            pairs = self.planes[0][:height, : -(-width // 2) * 4].reshape(height, -1, 4)
            luma = pairs[:, :, ::2].reshape(height, -1)
            chroma = [np.repeat(pairs[:, :, place], 2, axis=1) for place in (1, 3)]
        else:
            luma = self.planes[0][:height]
            columns = -(-width // 2)
            if self.format == "nv12":
                both = self.planes[1][:, : 2 * columns]
                halves = [both[:, ::2], both[:, 1::2]]
            else:
                halves = [plane[:, :columns] for plane in self.planes[1:]]
            chroma = [half.repeat(2, axis=0)[:height].repeat(2, axis=1) for half in halves]
        return luma[:, :width], chroma[0][:, :width], chroma[1][:, :width]


def yuv_coefficients(
    matrix: str, is_full_range: bool
) -> tuple[tuple[float, float], tuple[tuple[float, float], tuple[float, float], tuple[float, float]]]:
    """How luma and chroma become red, green and blue.

    Args:
      matrix: of `LUMA_WEIGHTS`.
      is_full_range: whether black is 0 and white 255, instead of 16 and 235.

    Returns:
      The luma of black, and what a step of luma adds to all of red, green and blue. Then, for red, green and
      blue, what a step of the difference of blue and one of red add.
    """
    red, blue = LUMA_WEIGHTS[matrix]
    green = 1 - red - blue
    black, step, chroma_step = (0.0, 1.0, 1.0) if is_full_range else (16.0, 255 / 219, 255 / 224)
    of_red, of_blue = 2 * (1 - red) * chroma_step, 2 * (1 - blue) * chroma_step
    rows = ((0.0, of_red), (-blue / green * of_blue, -red / green * of_red), (of_blue, 0.0))
    return (black, step), rows

"""Frames from a moving camera that films a photo: a video of any size with a known motion."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from attention_mesh.media.frame import Frame

# One round of the path: each swing as (amplitude, whole periods per round, phase in rad). Because the periods
# are whole, the last frame leads into the first; different counts keep the swings apart.
_PAN_X = (0.16, 1, 0.0)  # of the frame's width
_PAN_Y = (0.08, 2, 0.5)  # of the frame's height
_ROLL = (math.radians(18), 1, 1.1)
_ZOOM = (math.log(1.35), 2, -math.pi / 2)  # of the zoom's logarithm; begins at the widest


def _swing(motion: tuple[float, int, float], turn: float) -> float:
    amplitude, periods, phase = motion
    return amplitude * math.sin(math.tau * periods * turn + phase)


class VirtualCameraSource:
    """Films a photo with a camera that pans, zooms and rolls once around.

    Around the photo, a frame shows the photo itself, enlarged, blurred and darkened.
    Timestamps are those of `fps` frames per second. Each iteration starts from the beginning. The other
    attributes are those of `VideoSource`.

    Raises ValueError for a photo that is not uint8 RGB.

    Args:
      photo: (H, W, 3) uint8 RGB.
      size: (width, height) px of the frames.
      fps: frames per second.
      duration_s: length of the video, in seconds.
      focus: the point of the photo, as fractions of its width and height, around which the camera moves.
      zoom: average scale of the photo; at 1 it is as high as the frame.
      name: its name in messages.
    """

    live = False
    sound = None
    still = False

    def __init__(
        self,
        photo: np.ndarray,
        size: tuple[int, int] = (1280, 720),
        fps: float = 30.0,
        duration_s: float = 8.0,
        focus: tuple[float, float] = (0.5, 0.5),
        zoom: float = 1.0,
        name: str = "virtual camera",
    ) -> None:
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or photo.size == 0:
            raise ValueError(f"the photo is {photo.dtype} {photo.shape}; expected (H, W, 3) uint8 RGB")
        self.name = name
        self.size = size
        self.fps = fps
        self.length = round(duration_s * fps)
        self.failures: list[str] = []
        self.notices: list[str] = []
        self._photo = photo
        self._focus_px = (focus[0] * photo.shape[1], focus[1] * photo.shape[0])
        self._scale = zoom * size[1] / photo.shape[0]
        self._background = self._make_background()

    def _make_background(self) -> np.ndarray:
        width, height = self.size
        rows, columns = self._photo.shape[:2]
        cover = max(width / columns, height / rows)
        x, y = (columns - width / cover) / 2, (rows - height / cover) / 2
        matrix = np.array([[cover, 0, -x * cover], [0, cover, -y * cover]])
        filled = cv2.warpAffine(self._photo, matrix, self.size, borderMode=cv2.BORDER_REPLICATE)
        return cv2.convertScaleAbs(cv2.GaussianBlur(filled, (0, 0), height / 24), alpha=0.6)

    def matrix(self, index: int) -> np.ndarray:
        """The (2, 3) float64 transform from pixels of the photo to pixels of frame `index`.

        Coordinates are continuous; the origin is the top-left corner of the first pixel.
        """
        turn = index / (self.length or 1)
        scale = self._scale * math.exp(_swing(_ZOOM, turn))
        roll = _swing(_ROLL, turn)
        a, b = scale * math.cos(roll), scale * math.sin(roll)
        center_x = self.size[0] * (0.5 + _swing(_PAN_X, turn))
        center_y = self.size[1] * (0.5 + _swing(_PAN_Y, turn))
        x, y = self._focus_px
        return np.array([[a, -b, center_x - a * x + b * y], [b, a, center_y - b * x - a * y]])

    def image(self, index: int) -> np.ndarray:
        """The picture of frame `index`, (height, width, 3) uint8 RGB."""
        # OpenCV has the origin at the center of the first pixel.
        half_out, half_in = np.eye(3), np.eye(3)
        half_out[:2, 2], half_in[:2, 2] = -0.5, 0.5
        matrix = (half_out @ np.vstack([self.matrix(index), [0, 0, 1]]) @ half_in)[:2]
        return cv2.warpAffine(
            self._photo,
            matrix,
            self.size,
            dst=self._background.copy(),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.length):
            timestamp_us = round(index * 1e6 / self.fps)
            yield Frame(self.image(index), timestamp_us, index, f"frame_{index:06d}")

    def close(self) -> None:
        """Does nothing, because nothing is open."""

    def __enter__(self) -> VirtualCameraSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

"""Decodes the pictures of a video file."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.media.container_headers import mp4_duration_s
from attention_mesh.media.errors import MediaError
from attention_mesh.media.opencv_path import opencv_path

# A container's frame count may be estimated from its duration, and its duration may be that of a longer sound
# track. A file counts as cut off if it is shorter than both by more than this.
_SLACK_FRAMES = 3
_SLACK_SHARE = 0.05
_STEP_WITHOUT_RATE_US = 33_333


class VideoReader:
    """Decodes a video file with OpenCV (FFmpeg): any container and codec that its build has.

    The rotation that is stored in the file is applied.

    Opening raises MediaError if the file is missing, empty, no video, or has no readable frame, and if its
    name is not UTF-8.

    Attributes:
      fps: frames per second; None if the file does not say.
      length: number of frames that the file announces; None if it does not say.
      size: (width, height) px of the first picture.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        text = opencv_path(self.path)
        self._check_file()
        self._capture = cv2.VideoCapture(text)
        if not self._capture.isOpened():
            raise MediaError(
                f"{self.name}: this is no video OpenCV can read; it is damaged, cut off, or of an "
                "unknown format."
            )
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps: float | None = float(fps) if 0 < fps < 1000 else None
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.length: int | None = int(count) if 0 < count < 1e9 else None
        duration_s = mp4_duration_s(self.path)
        if self.length is not None and self.fps is not None and duration_s is not None:
            self.length = min(self.length, max(1, round(duration_s * self.fps)))
        self._first, self._first_msec = self._read()
        if self._first is None:
            self.close()
            raise MediaError(f"{self.name}: the video has no readable frame.")
        self.size: tuple[int, int] = (self._first.shape[1], self._first.shape[0])

    def _check_file(self) -> None:
        if self.path.is_dir():
            raise MediaError(f"{self.name}: this is a folder, not a video file.")
        if not self.path.exists():
            raise MediaError(f"{self.name}: there is no such file.")
        if not os.access(self.path, os.R_OK):
            raise MediaError(f"{self.name}: no permission to read the file.")
        if self.path.is_file() and self.path.stat().st_size == 0:
            raise MediaError(f"{self.name}: the file is empty (0 bytes).")

    def _read(self) -> tuple[np.ndarray | None, float]:
        """Reads the next frame, (H, W, 3) uint8 BGR, and its time in ms; (None, 0) at the end."""
        ok, image = self._capture.read()
        if not ok or image is None or image.size == 0:
            return None, 0.0
        return image, self._capture.get(cv2.CAP_PROP_POS_MSEC)

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        """Yields pictures, (H, W, 3) uint8 RGB, and their times in µs, once.

        Times are those of the container, which keeps a variable frame rate, made strictly increasing. Raises
        MediaError, after the last good picture, if the file ends well before its announced length.
        """
        image, msec = self._first, self._first_msec
        self._first = None
        count, last_us = 0, -1
        step_us = round(1e6 / self.fps) if self.fps else _STEP_WITHOUT_RATE_US
        while image is not None:
            timestamp_us = round(msec * 1000)
            if timestamp_us <= last_us:  # the container has no times, or they are out of order
                timestamp_us = last_us + (step_us if msec <= 0 else 1)
            last_us = timestamp_us
            yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB), timestamp_us
            count += 1
            image, msec = self._read()
        self._check_end(count, last_us)

    def _check_end(self, count: int, last_us: int) -> None:
        if self.length is None or self.fps is None or not self._capture.isOpened():
            return
        slack = max(_SLACK_FRAMES, _SLACK_SHARE * self.length)
        missing = self.length - count
        missing_time = self.length - (last_us * self.fps / 1e6 + 1)  # in frames at the announced rate
        if min(missing, missing_time) > slack:
            raise MediaError(
                f"{self.name}: the video ends after {count} of {self.length} announced frames; the file is "
                "cut off or damaged there."
            )

    def close(self) -> None:
        """Closes the file. May be called twice."""
        self._capture.release()

"""Frames into a video file."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.sink_error import SinkError

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv")


class VideoFileSink:
    """Writes the annotated pictures as MPEG-4 Part 2 video ("mp4v"), the codec every OpenCV build has.

    `path`: ends in one of `VIDEO_SUFFIXES`. `fps`: the constant rate it plays at. The size is the first
    picture's, with an odd last row or column left out, as the codec wants even sides; later pictures must
    have that size. The file is made at the first picture.

    A picture becomes one frame; with `keep_time`, for cameras, whose pace varies, it is repeated or left out
    so that the video runs as fast as the timestamps do.

    Raises SinkError when it cannot be written, or when a picture has another size.
    """

    needs_image = True

    def __init__(self, path: str | os.PathLike[str], fps: float, keep_time: bool = False) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.fps = fps
        self.written = 0
        self._keep_time = keep_time
        self._start_us = 0
        self._last: np.ndarray | None = None  # BGR, what the file ends with
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        if not self.path.parent.is_dir():
            raise SinkError(f"{self.name}: there is no folder {self.path.parent}.")

    def write(self, record: FrameRecord) -> None:
        """Appends `record.image`."""
        assert record.image is not None
        height, width = record.image.shape[:2]
        if self._writer is None:
            self._open(width, height)
            self._start_us = record.timestamp_us
        if (width, height) != self._size:
            raise SinkError(
                f"{self.name}: {record.name} is {width}x{height} but the video began with "
                f"{self._size[0]}x{self._size[1]}; a video has one size. Write to a folder instead."
            )
        even = record.image[: height & ~1, : width & ~1]
        image = cv2.cvtColor(even, cv2.COLOR_RGB2BGR)
        if self._keep_time:
            due = round((record.timestamp_us - self._start_us) * self.fps / 1e6)
            while self.written < due:
                self._append(image if self._last is None else self._last)
            if self.written > due:
                return
        self._append(image)

    def _append(self, image: np.ndarray) -> None:
        self._writer.write(image)
        self._last = image
        self.written += 1

    def _open(self, width: int, height: int) -> None:
        if width < 2 or height < 2:
            raise SinkError(
                f"{self.name}: a picture of {width}x{height} is too small for a video; needs 2x2 pixels."
            )
        self._size = (width, height)
        writer = cv2.VideoWriter(
            str(self.path), cv2.VideoWriter_fourcc(*"mp4v"), self.fps, (width & ~1, height & ~1)
        )
        if not writer.isOpened():
            raise SinkError(
                f"{self.name}: the video cannot be written; is the folder there and writable, and the "
                f"suffix one of {', '.join(VIDEO_SUFFIXES)}?"
            )
        self._writer = writer

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        if self._writer is not None:
            self._writer.release()

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} frames at {self.fps:g} fps"

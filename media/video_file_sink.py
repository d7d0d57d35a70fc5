"""Writes pictures to a video file, whose size the first picture decides."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, make_folder_of
from attention_mesh.media.frame import Frame
from attention_mesh.media.video_writer import VideoWriter

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv")


class VideoFileSink:
    """Writes pictures as MPEG-4 Part 2 video ("mp4v"), the codec that every OpenCV build has.

    The first picture makes the file and a missing folder, and decides the size; an odd last row or column is
    left out, because the codec needs even sides. Later pictures must have the same size.

    Raises MediaError if the file cannot be written, if the disk fills up, or if a picture has another size.

    Args:
      path: ends in one of `VIDEO_SUFFIXES`.
      fps: constant rate, in frames per second.
      keep_time: whether pictures are repeated or left out, so that the video runs as fast as the timestamps.
        That is for cameras, whose rate varies. Otherwise each picture becomes one frame.
    """

    def __init__(self, path: str | os.PathLike[str], fps: float, keep_time: bool = False) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.fps = fps
        self.written = 0
        self._keep_time = keep_time
        self._start_us = 0
        self._last: np.ndarray | None = None  # RGB, the last frame in the file
        self._writer: VideoWriter | None = None
        self._whole = True  # as far as is known
        check_file(path)

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self._writer is not None

    def write(self, frame: Frame) -> None:
        """Appends `frame.image`."""
        if self._writer is None:
            self._writer = self._open(frame.image)
            self._start_us = frame.timestamp_us
        height, width = frame.image.shape[:2]
        first = self._writer.size
        if (width, height) != first:
            raise MediaError(
                f"{self.name}: {frame.name} is {width}x{height} but the video began with "
                f"{first[0]}x{first[1]}; a video has one size. Write to a folder instead."
            )
        if self._keep_time:
            due = round((frame.timestamp_us - self._start_us) * self.fps / 1e6)
            while self.written < due:
                self._append(self._writer, frame.image if self._last is None else self._last)
            if self.written > due:
                return
        self._append(self._writer, frame.image)

    def _append(self, writer: VideoWriter, image: np.ndarray) -> None:
        writer.write(image)
        self._last = image
        self.written += 1

    def _open(self, image: np.ndarray) -> VideoWriter:
        make_folder_of(self.path)
        return VideoWriter(self.path, self.fps, (image.shape[1], image.shape[0]))

    def close(self) -> None:
        """Finishes the file. May be called twice.

        Raises MediaError if the file is incomplete, see `VideoWriter`.
        """
        try:
            if self._writer is not None:
                self._writer.close()
        except MediaError:
            self._whole = False
            raise

    def summary(self) -> str:
        """What is in it, for the user."""
        if not self._whole:
            return f"{self.name}: not whole"
        return f"{self.name}: {self.written} frames at {self.fps:g} fps"

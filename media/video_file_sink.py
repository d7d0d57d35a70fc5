"""Writes pictures to a film, whose size the first picture decides."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, make_folder_of
from attention_mesh.media.frame import Frame
from attention_mesh.media.sound_track import SoundTrack
from attention_mesh.media.video_codecs import VIDEO_SUFFIXES, choose_codec
from attention_mesh.media.video_writer import VideoWriter

__all__ = ["VIDEO_SUFFIXES", "VideoFileSink"]


class VideoFileSink:
    """Writes pictures as a film that players open: H.264 in an .mp4, see `VideoWriter`.

    The first picture makes the file and a missing folder, and decides the size; an odd last row or column is
    left out, because codecs need even sides. Later pictures must have the same size.

    Raises MediaError if the file cannot be written, if the disk fills up, if a picture has another size, or
    if the container does not take the codec.

    Args:
      path: ends in one of `VIDEO_SUFFIXES`.
      fps: frames per second. It is the rate of pictures that have no time of their own, such as photos.
      keep_time: whether each picture stands where its timestamp says, which keeps a variable frame rate and a
        camera's pace. Otherwise pictures follow each other at `fps`.
      constant: whether pictures are repeated or left out, so that the film has the constant rate `fps` and
        runs as fast as the timestamps. Always so for an .avi, which holds no times.
      codec: a key of `media.video_codecs.VIDEO_CODECS`; None for the container's default.
      crf: quality, lower is better; None for the codec's default.
      sound: sound of the film that the pictures are from; it needs `keep_time`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        fps: float,
        keep_time: bool = False,
        *,
        constant: bool = False,
        codec: str | None = None,
        crf: float | None = None,
        sound: SoundTrack | None = None,
    ) -> None:
        choose_codec(path, codec, crf)
        check_file(path)
        self.path = Path(path)
        self.name = str(path)
        self.fps = fps
        self.written = 0
        self._keep_time = keep_time
        self._constant = keep_time and (constant or self.path.suffix.lower() == ".avi")
        self._codec, self._crf = codec, crf
        self._sound = sound.listen() if sound is not None and keep_time else None
        self._first_us = self._last_us = 0
        self._last: np.ndarray | None = None  # RGB, the last frame in the file
        self._writer: VideoWriter | None = None
        self._whole = True  # as far as is known

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self._writer is not None

    def write(self, frame: Frame) -> None:
        """Appends `frame.image`."""
        if self._writer is None:
            self._writer = self._open(frame.image)
            # Sound is timed by the film's first picture, so the pictures are too.
            self._first_us = 0 if self._sound is not None else frame.timestamp_us
        height, width = frame.image.shape[:2]
        first = self._writer.size
        if (width, height) != first:
            raise MediaError(
                f"{self.name}: {frame.name} is {width}x{height} but the video began with "
                f"{first[0]}x{first[1]}; a video has one size. Write to a folder instead."
            )
        if not self._keep_time:
            self._append(self._writer, frame.image, None)
            return
        time_us = frame.timestamp_us - self._first_us
        if not self._constant:
            self._append(self._writer, frame.image, time_us)
            return
        due = round(time_us * self.fps / 1e6)
        while self.written < due:
            self._append(self._writer, frame.image if self._last is None else self._last, None)
        if self.written == due:
            self._append(self._writer, frame.image, None)

    def _append(self, writer: VideoWriter, image: np.ndarray, time_us: int | None) -> None:
        try:
            writer.write(image, time_us)
        except MediaError:
            self._whole = writer.is_open
            raise
        self._last, self._last_us = image, time_us or 0
        self.written += 1

    def _open(self, image: np.ndarray) -> VideoWriter:
        make_folder_of(self.path)
        size = (image.shape[1], image.shape[0])
        return VideoWriter(self.path, self.fps, size, self._codec, self._crf, self._sound)

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
        finally:
            if self._sound is not None:
                self._sound.stop()

    def summary(self) -> str:
        """What is in it, for the user."""
        if not self._whole:
            return f"{self.name}: not whole"
        text = f"{self.name}: {self.written} frames at {self.fps:g} fps"
        if self._keep_time and not self._constant:
            text = f"{self.name}: {self.written} frames, the last at {self._last_us / 1e6:.2f} s"
        return "; ".join([text, *(self._writer.notices if self._writer is not None else ())])

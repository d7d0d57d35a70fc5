"""Encodes pictures of one size into a video file."""

import os
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.media.container_headers import declared_bytes
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import free_bytes
from attention_mesh.media.opencv_path import opencv_path

MPEG4 = "mp4v"
"""MPEG-4 Part 2, the codec that every build of OpenCV has."""

# OpenCV reports no failure: a full disk leaves a file without its index, which nothing plays. So the video
# ends while there is room to finish it: for what the encoder and the container hold back (their buffer, and a
# picture at half a byte per pixel, more than MPEG-4 takes) and for the index.
_BUFFER_BYTES = 96 * 1024
_INDEX_BYTES_PER_PICTURE = 64
_CHECKED_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv")
_COUNT_SLACK = 0.01  # some containers compute their number of pictures as duration times rate
_PROBE_BYTES = 64 * 1024

_TO_BGR = {1: cv2.COLOR_GRAY2BGR, 3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGR}


class VideoWriter:
    """Encodes pictures of one size at a constant rate, with OpenCV (FFmpeg).

    `written` counts the pictures so far.

    Raises MediaError if the file cannot be written or its name is not UTF-8, or if a picture has another
    size. If the disk fills up, `write` raises it while there is room to finish the file, so that what came
    before plays. If something else stops the growth of an .mp4, .mov, .avi or .mkv, `close` notices and
    raises it.

    Args:
      path: its suffix chooses the container.
      fps: frames per second.
      size: (width, height) px of the pictures. An odd last row or column is left out, because codecs need
        even sides.
      codec: four characters.
    """

    def __init__(
        self, path: str | os.PathLike[str], fps: float, size: tuple[int, int], codec: str = MPEG4
    ) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.size = size
        self.codec = codec
        self.written = 0
        if not self.path.parent.is_dir():
            raise MediaError(f"{self.name}: there is no folder {self.path.parent}.")
        if min(size) < 2:
            raise MediaError(
                f"{self.name}: a picture of {size[0]}x{size[1]} is too small for a video; needs 2x2 pixels."
            )
        self._even = (size[0] & ~1, size[1] & ~1)
        self._writer = cv2.VideoWriter(
            opencv_path(self.path), cv2.VideoWriter.fourcc(*codec), fps, self._even
        )
        if not self._writer.isOpened():
            raise MediaError(
                f"{self.name}: the video cannot be written; is the folder writable, and can this OpenCV "
                f'encode the codec "{codec}" in a file of that suffix?'
            )

    def write(self, image: np.ndarray) -> None:
        """Appends a picture: (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8."""
        channels = image.shape[2] if image.ndim == 3 else 1
        if image.dtype != np.uint8 or channels not in _TO_BGR:
            raise MediaError(
                f"{self.name}: a picture is {image.dtype} {image.shape}; expected uint8 gray, RGB or RGBA"
            )
        size = (image.shape[1], image.shape[0])
        if size != self.size:
            raise MediaError(
                f"{self.name}: a picture is {size[0]}x{size[1]} but the video is "
                f"{self.size[0]}x{self.size[1]}"
            )
        self._check_room()
        width, height = self._even
        self._writer.write(cv2.cvtColor(image[:height, :width], _TO_BGR[channels]))
        self.written += 1

    def _check_room(self) -> None:
        width, height = self._even
        needed = _BUFFER_BYTES + width * height // 2 + _INDEX_BYTES_PER_PICTURE * self.written
        free = free_bytes(self.path)
        if free is not None and free < needed:
            raise MediaError(
                f"{self.name}: the disk is full ({free // 1024} KiB are free, the next picture needs up to "
                f"{needed // 1024}); the video ends after {self.written} pictures."
            )

    def close(self) -> None:
        """Finishes the file. May be called twice.

        Raises MediaError if the file is incomplete.
        """
        if not self._writer.isOpened():
            return
        self._writer.release()
        if self.written and self.path.is_file():  # a pipe cannot be read again
            self._check_file()

    def _check_file(self) -> None:
        """Compares the file with its own header, without reading a picture.

        Files of other containers pass, because their headers are not reliable.
        """
        if self.path.suffix.lower() not in _CHECKED_SUFFIXES:
            return
        declared, size = declared_bytes(self.path) or 0, self.path.stat().st_size
        capture = cv2.VideoCapture(str(self.path))
        count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
        capture.release()
        if size < declared or count < self.written * (1 - _COUNT_SLACK):
            found = f"{size} of {declared} bytes are" if size < declared else f"{max(count, 0)} in its index"
            raise MediaError(
                f"{self.name}: {_why_not_whole(self.path)}; the file is not whole, and players may refuse it "
                f"({self.written} pictures went in, {found} there)."
            )


def _why_not_whole(path: Path) -> str:
    """The system's reason why a file is incomplete, which writing some more bytes shows."""
    try:
        size = path.stat().st_size
        try:
            with path.open("ab", buffering=0) as file:
                if file.write(bytes(_PROBE_BYTES)) < _PROBE_BYTES:  # the second write raises the error
                    file.write(bytes(_PROBE_BYTES))
        finally:
            os.truncate(path, size)
    except OSError as error:
        return error.strerror or str(error)
    return "not all of it could be written"

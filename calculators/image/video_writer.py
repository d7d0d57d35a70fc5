"""Pictures into a video file."""

import os
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.calculators.image.media_error import MediaError

MPEG4 = "mp4v"
"""MPEG-4 Part 2, the codec that every build of OpenCV has."""

_TO_BGR = {1: cv2.COLOR_GRAY2BGR, 3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGR}


class VideoWriter:
    """Encodes pictures of one size at a constant rate, with OpenCV (FFmpeg).

    path: its suffix chooses the container. fps: frames a second. size: (width, height) px of the pictures;
    an odd last row or column is left out, as codecs want even sides. codec: four characters.

    Raises MediaError when the file cannot be written, or when a picture has another size.
    """

    def __init__(
        self, path: str | os.PathLike[str], fps: float, size: tuple[int, int], codec: str = MPEG4
    ) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.size = size
        self.codec = codec
        if not self.path.parent.is_dir():
            raise MediaError(f"{self.name}: there is no folder {self.path.parent}.")
        if min(size) < 2:
            raise MediaError(
                f"{self.name}: a picture of {size[0]}x{size[1]} is too small for a video; needs 2x2 pixels."
            )
        self._even = (size[0] & ~1, size[1] & ~1)
        self._writer = cv2.VideoWriter(str(self.path), cv2.VideoWriter_fourcc(*codec), fps, self._even)
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
                f"{self.name}: a picture is {image.dtype} {image.shape}; expected uint8 grey, RGB or RGBA"
            )
        size = (image.shape[1], image.shape[0])
        if size != self.size:
            raise MediaError(
                f"{self.name}: a picture is {size[0]}x{size[1]} but the video is "
                f"{self.size[0]}x{self.size[1]}"
            )
        width, height = self._even
        self._writer.write(cv2.cvtColor(image[:height, :width], _TO_BGR[channels]))

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        self._writer.release()

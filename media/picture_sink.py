"""The interface of every output of pictures: videos, image files and folders of images."""

from __future__ import annotations

from typing import Protocol

from attention_mesh.media.frame import Frame


class PictureSink(Protocol):
    """Keeps pictures, which one thread writes in the order of their timestamps.

    Opening finds out whether the file can be written, and changes nothing. The first picture replaces a file
    that is there and makes missing folders. After `close` the file is valid, even if an error came before.
    Opening, writing and closing raise MediaError.
    """

    @property
    def name(self) -> str:
        """What messages call it: its path."""

    @property
    def written(self) -> int:
        """How many pictures are in it."""

    @property
    def begun(self) -> bool:
        """Whether anything was written. If not, a file that was there is as it was."""

    def write(self, frame: Frame) -> None:
        """Appends `frame.image`."""

    def close(self) -> None:
        """Finishes the file. May be called twice."""

    def summary(self) -> str:
        """What is in it, for the user: "out.mp4: 120 frames at 25 fps"."""

"""One picture of a source, with its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attention_mesh.media.raw_picture import RawPicture


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of a source.

    Attributes:
      image: (H, W, 3) uint8 RGB; or (H, W, 4), or a picture in the source's own format, if the source was
        opened so. Pictures that a user's graph puts out may also be (H, W) gray or (H, W, 4) RGBA.
      timestamp_us: time in µs, strictly increasing within a source.
      index: position in the source, from 0.
      name: its name in messages and file names: the name of a file, or "frame_000012".
    """

    image: Any  # an array, or a RawPicture where the source was asked for it
    timestamp_us: int
    index: int
    name: str

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        if isinstance(self.image, RawPicture):
            return self.image.size
        return self.image.shape[1], self.image.shape[0]

"""Writes one picture to an image file."""

from __future__ import annotations

import os
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, make_folder_of
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import write_image


class ImageFileSink:
    """Writes the picture of a run over one image; the suffix of `path` chooses the format.

    A missing folder is made. Raises MediaError if the file cannot be written, for a second picture, and if
    the picture is deleted before the end.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        check_file(path)

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self.written > 0

    def write(self, frame: Frame) -> None:
        """Writes `frame.image`."""
        if self.written:
            raise MediaError(
                f"{self.name}: an image file holds one picture, and {frame.name} is a second; "
                "write to a folder or video."
            )
        make_folder_of(self.path)
        write_image(self.path, frame.image)
        self.written += 1

    def close(self) -> None:
        """Raises MediaError if the picture is no longer there. May be called twice."""
        if self.written and not self.path.exists():
            raise MediaError(f"{self.name}: the picture was deleted or moved after it was written.")

    def summary(self) -> str:
        """What is in it, for the user."""
        if self.written and not self.path.exists():
            return f"{self.name}: no longer there"
        return f"{self.name}: {self.written} picture" + ("" if self.written == 1 else "s")

"""Pictures into a folder, a file each."""

from __future__ import annotations

import os
from pathlib import Path

from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import WRITABLE_SUFFIXES, write_image
from attention_mesh.media.output_path import check_folder, make_folder


def picture_file_name(name: str) -> str:
    """What the picture of a frame or photo of this name is called: the same, with .png appended where OpenCV
    does not write colour to files of its suffix.
    """
    return name if name.lower().endswith(WRITABLE_SUFFIXES) else name + ".png"


class ImageFolderSink:
    """Writes each annotated picture under its frame's name: a photo keeps its file name and format, a video's
    frames become frame_000000.png and so on. The folder is made at the first picture where it is not
    there; files of the same name are replaced.

    Raises MediaError when it cannot be made or written to.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        check_folder(path)

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self.written > 0

    def write(self, frame: Frame) -> None:
        """Writes `frame.image` under `frame.name`."""
        make_folder(self.path)
        write_image(self.path / picture_file_name(frame.name), frame.image)
        self.written += 1

    def close(self) -> None:
        """Every file is complete after its `write`."""

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} pictures"

"""Writes pictures to a folder, one file each."""

from __future__ import annotations

import os
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_folder, file_identity, make_folder
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import WRITABLE_SUFFIXES, write_image

_MOST_BYTES = 255  # of a name, on the usual file systems


def picture_file_name(name: str) -> str:
    """The file name of the picture for a frame or photo with this name, which is the same.

    If OpenCV writes no color to files with its suffix, .png is appended. A name that becomes too long ends
    earlier.
    """
    if name.lower().endswith(WRITABLE_SUFFIXES):
        return name
    while len(os.fsencode(name)) > _MOST_BYTES - len(".png"):
        name = name[:-1]
    return name + ".png"


class ImageFolderSink:
    """Writes each picture under the name of its frame.

    A photo keeps its file name and format; the frames of a video become frame_000000.png and so on. The first
    picture makes the folder if it is missing. Files with the same names are replaced. Another program may
    take pictures away meanwhile, but not the folder.

    Raises MediaError if the folder cannot be made or written to, or if it is deleted, replaced or moved after
    the first picture.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        self._folder: tuple[int, int] | None = None  # its identity since the first picture
        check_folder(path)

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self.written > 0

    def write(self, frame: Frame) -> None:
        """Writes `frame.image` under `frame.name`."""
        if self._folder is None:
            make_folder(self.path)
            self._folder = file_identity(self.path)
        else:
            self._check_folder()
        write_image(self.path / picture_file_name(frame.name), frame.image)
        self.written += 1

    def _check_folder(self) -> None:
        if file_identity(self.path) != self._folder:
            raise MediaError(
                f"{self.name}: the folder was deleted, moved or replaced after {self.written} pictures."
            )

    def close(self) -> None:
        """Raises MediaError if the folder is another than at the first picture. May be called twice."""
        if self._folder is not None:
            self._check_folder()

    def summary(self) -> str:
        """What is in it, for the user."""
        if self._folder is not None and file_identity(self.path) != self._folder:
            return f"{self.name}: no longer there"
        return f"{self.name}: {self.written} picture" + ("" if self.written == 1 else "s")

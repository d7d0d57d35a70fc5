"""Pictures into a folder, a file each."""

from __future__ import annotations

import os
from pathlib import Path

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.image_file import WRITABLE_SUFFIXES, write_image
from attention_mesh.python_bindings.video.output_path import check_folder, make_folder


def picture_file_name(name: str) -> str:
    """What the picture of a frame or photo of this name is called: the same, with .png appended where OpenCV
    does not write colour to files of its suffix.
    """
    return name if name.lower().endswith(WRITABLE_SUFFIXES) else name + ".png"


class ImageFolderSink:
    """Writes each annotated picture under its frame's name: a photo keeps its file name and format, a video's
    frames become frame_000000.png and so on. The folder is made at the first picture where it is not
    there; files of the same name are replaced.

    Raises SinkError when it cannot be made or written to.
    """

    needs_image = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        check_folder(path)

    @property
    def begun(self) -> bool:
        """Whether there was a picture."""
        return self.written > 0

    def write(self, record: FrameRecord) -> None:
        """Writes `record.image` under `record.name`."""
        assert record.image is not None
        make_folder(self.path)
        write_image(self.path / picture_file_name(record.name), record.image)
        self.written += 1

    def close(self) -> None:
        """Every file is complete after its `write`."""

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} pictures"

"""Frames from the photos of a folder, or from one photo."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import IMAGE_SUFFIXES, is_image_path, read_image


class ImageFolderSource:
    """The images directly inside a folder, in natural name order (img2 before img10), or a single image.

    Files without an image's suffix are left out. An image that cannot be read is skipped, and `failures` says
    why; `Frame.index` counts it, so that an index always names the same file. Timestamps count the files,
    1 000 000 µs each. `read_image` says how images become 8-bit RGB. The attributes are those of
    `VideoSource`.

    Opening raises MediaError if the path does not exist or has no image.
    """

    live = False
    sound = None
    still = True
    fps = None
    size = None

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.failures: list[str] = []
        self.notices: list[str] = []
        self.files = self._list_files()
        self.length = len(self.files)

    def _list_files(self) -> list[Path]:
        try:
            if not self.path.is_dir():
                if not self.path.exists():
                    raise MediaError(f"{self.name}: there is no such file or folder.")
                return [self.path]
            files = [entry for entry in self.path.iterdir() if is_image_path(entry) and not entry.is_dir()]
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        if not files:
            raise MediaError(f"{self.name}: the folder has no image ({', '.join(IMAGE_SUFFIXES)}).")
        return sorted(files, key=lambda file: _natural(file.name))

    def __iter__(self) -> Iterator[Frame]:
        for index, file in enumerate(self.files):
            try:
                image = read_image(file)
            except MediaError as error:
                self.failures.append(str(error))
                continue
            yield Frame(image, index * 1_000_000, index, file.name)

    def close(self) -> None:
        """Does nothing, because no file is open between images."""

    def __enter__(self) -> ImageFolderSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key in which runs of digits compare as numbers."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name.lower())
    ]

"""Frames from the photos of a folder, or from one photo."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_format import IMAGE_SUFFIXES, photos_in
from attention_mesh.media.photo_reader import PhotoReader


class ImageFolderSource(PhotoReader):
    """The photos directly inside a folder, in natural name order (img2 before img10), or a single photo.

    A file is a photo if its suffix or its first bytes say so, see `photos_in`; others are left out. A photo
    that cannot be read, such as one of a format that is not read, is skipped, and `failures` says why;
    `Frame.index` counts it, so that an index always names the same file. Timestamps count the files,
    1 000 000 µs each. `read_image` says how photos become 8-bit RGB. The attributes are those of
    `VideoSource`.

    Opening raises MediaError if the path does not exist or has no image.
    """

    still = True
    fps = None
    size = None

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        super().__init__(photo_files(self.path), str(path))

    def __iter__(self) -> Iterator[Frame]:
        for index, file, image in self._photos():
            yield Frame(image, index * 1_000_000, index, file.name)


def photo_files(path: Path) -> list[Path]:
    """The photos of a folder in natural order, or the one photo itself.

    Raises MediaError if there is no such file or folder, or if the folder has no photo.
    """
    try:
        if not path.is_dir():
            path.stat()
            return [path]
        files = photos_in(path)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: there is no such file or folder.") from error
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}.") from error
    if not files:
        raise MediaError(f"{path}: the folder has no image ({', '.join(IMAGE_SUFFIXES)}).")
    return sorted(files, key=lambda file: _natural(file.name))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key in which runs of digits compare as numbers."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name.lower())
    ]

"""Photos read from files, one by one: what sources of photos have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.more_pictures import more_pictures

_Reader = TypeVar("_Reader", bound="PhotoReader")


class PhotoReader:
    """Files of photos. A source of photos derives from it; the attributes are those of `VideoSource`.

    Args:
      files: in their order.
      name: what messages call them.
    """

    live = False
    sound = None

    def __init__(self, files: Sequence[Path], name: str) -> None:
        self.files = list(files)
        self.name = name
        self.length = len(self.files)
        self.failures: list[str] = []
        self.notices: list[str] = []

    def _photos(self) -> Iterator[tuple[int, Path, np.ndarray]]:
        """Yields each photo that can be read: its index among the files, its file, (H, W, 3) uint8 RGB.

        The others join `failures`. A file that has more pictures than the one joins `notices`.
        """
        for index, file in enumerate(self.files):
            try:
                image = read_image(file)
            except MediaError as error:
                self.failures.append(str(error))
                continue
            if more := more_pictures(file):
                self.notices.append(f"{file}: {more}")
            yield index, file, image

    def close(self) -> None:
        """Does nothing, because no file is open between photos."""

    def __enter__(self: _Reader) -> _Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

"""Photos read from files, one by one: what sources of photos have in common."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.more_pictures import more_pictures

if TYPE_CHECKING:
    from concurrent.futures import Future

_Reader = TypeVar("_Reader", bound="PhotoReader")
_MOST_DECODERS = 4  # threads; each holds a photo


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

        The others join `failures`. A file that has more pictures than the one joins `notices`. The next
        photos are decoded meanwhile, one per core: a large one takes longer than the networks.
        """
        for index, (file, photo) in enumerate(_read_ahead(self.files)):
            try:
                image, more = photo.result()
            except MediaError as error:
                self.failures.append(str(error))
                continue
            if more:
                self.notices.append(f"{file}: {more}")
            yield index, file, image

    def close(self) -> None:
        """Does nothing, because no file is open between photos."""

    def __enter__(self: _Reader) -> _Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _read_ahead(files: Sequence[Path]) -> Iterator[tuple[Path, Future[tuple[np.ndarray, str]]]]:
    """Yields the files in their order, each with what `_read` makes of it on a thread."""
    from concurrent.futures import ThreadPoolExecutor  # here, because films do not need it

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    decoders = min(cores, _MOST_DECODERS)
    begun: deque[tuple[Path, Future[tuple[np.ndarray, str]]]] = deque()
    pool = ThreadPoolExecutor(decoders, "attention-mesh photo")
    try:
        for file in files:
            begun.append((file, pool.submit(_read, file)))
            if len(begun) >= decoders:
                yield begun.popleft()
        while begun:
            yield begun.popleft()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read(file: Path) -> tuple[np.ndarray, str]:
    """A photo as (H, W, 3) uint8 RGB, and what `more_pictures` says. Raises MediaError."""
    return read_image(file), more_pictures(file)

"""A file that a film grows into, so that it plays whenever its process is killed or its disk fills up."""

from __future__ import annotations

import os
from io import SEEK_CUR, SEEK_END, SEEK_SET, FileIO
from pathlib import Path


class GrowingFile:
    """A file object for PyAV, which FFmpeg appends to and, when the film ends, writes over.

    FFmpeg finishes a film by writing its index behind it and changing a few bytes at its beginning. Here,
    the changes at the beginning wait until the index is in the file. So a film whose index finds no room, or
    whose process is killed meanwhile, is as it was without one.

    FFmpeg never learns of an error of the disk, because it may crash when it finishes a film after one.

    Args:
      path: the file, which `begin` or the first `write` makes or empties.

    Attributes:
      end: bytes in the file.
      failure: the error that ended the writing; None if there was none. What comes after it is dropped.
    """

    def __init__(self, path: Path) -> None:
        self.name = os.fspath(path)  # by which PyAV chooses the container
        self.end = 0
        self.failure: OSError | None = None
        self._file: FileIO | None = None
        self._at = 0
        self._whole = 0  # bytes that the film consists of, if it is broken off now
        self._finishing = self._dropping = False
        self._changes: list[tuple[int, bytes]] = []

    def write(self, data: bytes) -> int:
        """Writes at the current place; returns the number of bytes, also after an error (see `failure`)."""
        at, self._at = self._at, self._at + len(data)
        if self.failure is not None or self._dropping:
            return len(data)
        if self._finishing and at < self.end:
            self._changes.append((at, data))
            return len(data)
        try:
            self._put(at, data)
        except OSError as error:
            self.failure = error
            return len(data)
        self.end = max(self.end, self._at)
        return len(data)

    def _put(self, at: int, data: bytes) -> None:
        file = self.begin()
        file.seek(at)
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]

    def begin(self) -> FileIO:
        """Makes or empties the file, if that has not happened. Raises OSError."""
        if self._file is None:
            self._file = FileIO(self.name, "w")  # without a buffer: what is written is in the file
        return self._file

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Moves the current place, and returns it."""
        self._at = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self.end}[whence] + offset
        return self._at

    def tell(self) -> int:
        """The current place."""
        return self._at

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self.begin().fileno()

    def mark(self) -> None:
        """Says that the film plays to here, whatever comes behind."""
        if self.failure is None:
            self._whole = self.end

    def drop(self) -> None:
        """Says that nothing that follows is for the file."""
        self._dropping = True

    def check(self) -> None:
        """Raises the OSError that ended the writing, if there was one."""
        if self.failure is not None:
            raise self.failure

    def finish(self) -> None:
        """Says that only the film's index and changes to its beginning follow."""
        self.mark()
        self._finishing = True

    def finished(self) -> None:
        """Puts the changes into the file. After a failure, cuts off what follows the last mark instead.

        Raises OSError, as the file does.
        """
        changes, self._changes, self._finishing = self._changes, [], False
        if self.failure is not None:
            if self._file is not None:
                self._file.truncate(self._whole)
            self.end = self._whole
            return
        for at, data in changes:
            self._put(at, data)

    def release(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()

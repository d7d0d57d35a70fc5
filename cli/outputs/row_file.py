"""A text file that grows by whole rows."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.output_path import check_file, make_folder_of


class RowFile:
    """Takes rows as text and keeps the file one of whole rows, also where the disk fills up.

    Making it touches nothing: a file that is there is replaced by `begin`, which also makes the folder.

    Raises MediaError when the file cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self._file: FileIO | None = None
        self._end = 0  # bytes of whole rows
        check_file(path)

    @property
    def begun(self) -> bool:
        """Whether the file is this run's, no longer that of before."""
        return self._file is not None

    @property
    def open(self) -> bool:
        """Whether rows can be added."""
        return self._file is not None and not self._file.closed

    def begin(self) -> None:
        """Empties or makes the file, once."""
        if self._file is not None:
            return
        make_folder_of(self.path)
        try:
            self._file = FileIO(self.path, "w")  # without a buffer: what is written is in the file
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error

    def append(self, rows: str) -> None:
        """Adds whole rows to a begun file: all of them or, with a MediaError, none, and it is closed."""
        assert self._file is not None
        data = rows.encode()
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._cut()
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        self._end += len(data)

    def _cut(self) -> None:
        with self._file:
            if self._file.seekable():
                self._file.truncate(self._end)

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error

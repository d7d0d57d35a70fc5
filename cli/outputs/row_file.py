"""A text file that grows by whole rows, for the CSV and JSON Lines tables."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, make_folder_of


class RowFile:
    """Appends rows to a file, so that it holds whole rows only, even if the disk fills up.

    Making a RowFile touches nothing: `begin` replaces a file that is there, and makes the folder.

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
        """Whether the file is of this run, and no longer of an earlier one."""
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
        """Adds whole rows to a begun file: all of them or, with a MediaError, none; then it is closed."""
        assert self._file is not None
        data = rows.encode()
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._cut(self._file)
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        self._end += len(data)

    def _cut(self, file: FileIO) -> None:
        """Removes what is there of an incomplete row, and closes the file."""
        with file:
            if file.seekable():
                file.truncate(self._end)

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error

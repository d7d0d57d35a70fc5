"""The base of the text tables: a file that grows by whole rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, check_not_deleted, fate_of, make_folder_of


class RowFileSink:
    """A `RecordSink` whose file holds whole rows only, even if the disk fills up.

    A subclass writes a record with `_begin`, which replaces a file that is there and makes its folder, and
    `_append`. When `_append` returns, the rows are in the file.

    Raises MediaError if the file cannot be written, or if it is deleted, replaced or moved meanwhile.

    Args:
      path: the file.
      all_frames: whether a frame without a face has a row.
      groups: columns beside the landmarks.
      landmarks: whether a row has all landmarks.
      values: columns of what else the graph puts out.
    """

    takes_pictures = False

    def __init__(
        self,
        path: str | os.PathLike[str],
        all_frames: bool = False,
        groups: Sequence[FaceColumns] = (),
        landmarks: bool = True,
        values: ValueColumns | None = None,
    ) -> None:
        self.all_frames = all_frames
        self.values = values
        self.groups = tuple(groups)
        self.landmarks = landmarks
        self.path = Path(path)
        self.name = str(path)
        self.written = 0  # rows
        self._file: FileIO | None = None
        self._end = 0  # bytes of whole rows
        self._taken: str | None = None  # what became of the file, if it is no longer there
        check_file(path)

    @property
    def begun(self) -> bool:
        """Whether there was a record, so that the file is no longer that of an earlier run."""
        return self._file is not None

    def _begin(self) -> FileIO:
        """Empties or makes the file at the first call, and returns it."""
        if self._file is None:
            make_folder_of(self.path)
            try:
                self._file = FileIO(self.path, "w")  # without a buffer: what is written is in the file
            except OSError as error:
                raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        return self._file

    def _append(self, file: FileIO, rows: str) -> None:
        """Adds rows to the file: all of them or, with a MediaError, none; then it is closed."""
        check_not_deleted(self.path, file.fileno())
        data = rows.encode()
        left = memoryview(data)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError as error:
            self._cut(file)
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        self._end += len(data)

    def _cut(self, file: FileIO) -> None:
        """Removes the part of a row at the end, and closes the file."""
        with file:
            if file.seekable():
                file.truncate(self._end)

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        if self._file is None or self._file.closed:
            return
        try:
            with self._file:
                self._taken = fate_of(self.path, self._file.fileno())
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        if self._taken is not None:
            raise MediaError(f"{self.name}: {self._taken}.")

    def summary(self) -> str:
        """What is in it, for the user."""
        if self._taken is not None:
            return f"{self.name}: no longer there"
        return f"{self.name}: {self.written} row" + ("" if self.written == 1 else "s")

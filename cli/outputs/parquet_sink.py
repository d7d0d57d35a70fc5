"""Writes landmarks to a Parquet table."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.landmark_rows import (
    COLUMNS,
    LANDMARKS_COLUMN,
    ROI_COLUMNS,
    VALUES,
    landmark_rows,
)
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.extras import install_command
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_file, free_bytes, make_folder_of

_LAYOUT = "x0,y0,z0,x1,y1,z1,… in pixels of the frame; z on x's scale"
_ROWS_PER_GROUP = 512
_MOST_GROWTH = 2  # largest size of rows in the file as a multiple of their size in memory, with dictionaries
_FOOTER_BYTES = 64 * 1024
_FOOTER_BYTES_PER_GROUP = 4 * 1024


class ParquetSink:
    """Writes one row per face and frame, with the columns of `landmark_rows`.

    The landmarks of a row are one list of N·3 float32 (x0, y0, z0, x1, …) in pixels; the file's metadata
    describes the layout. Without `landmarks`, there is no such list. Row groups of 512 rows bound the memory.
    The first record makes the file, with or without a face. The file is complete when `close` has written its
    footer, for which room is left if the disk fills up. A file that still gets no footer cannot be read, and
    is removed.

    Raises:
      MediaError: pyarrow is not installed (the text names the extra), or the file cannot be written.
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
        self._values = values
        self._all_frames = all_frames
        self._groups = tuple(groups)
        self._landmark_columns = (LANDMARKS_COLUMN,) if landmarks else ()
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        self._rows: list[dict[str, Any]] = []
        self._loading = threading.Thread(target=self._load, name="pyarrow", daemon=True)
        if not _is_installed():
            raise self._missing()
        self._pa: Any = None
        self._pq: Any = None
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._stored = 0  # rows in the file
        check_file(path)

    def _load(self) -> None:
        """Loads pyarrow, which takes longer than a network, while networks run.

        Before the first record, it would only make the graph wait: both need the interpreter then.
        """
        with contextlib.suppress(ImportError):  # seen by `_open_writer`
            import pyarrow.parquet

            self._pa, self._pq = pyarrow, pyarrow.parquet

    def _missing(self) -> MediaError:
        return MediaError(f"{self.name}: Parquet needs the package pyarrow: {install_command('parquet')}")

    def _schema(self) -> Any:
        pa = self._pa
        types = {"name": pa.string(), "score": pa.float32(), LANDMARKS_COLUMN: pa.list_(pa.float32())}
        types.update({column: pa.float32() for column in ROI_COLUMNS})
        arrow_types = {float: pa.float32(), int: pa.int64(), str: pa.string()}
        own = {} if self._values is None else self._values.types
        own_types = {**arrow_types, float: pa.float64(), bool: pa.bool_()}
        types.update({name: own_types[kind] for name, kind in own.items()})
        extra = {name: kind for group in self._groups for name, kind in group.types.items()}
        types.update({name: arrow_types[kind] for name, kind in extra.items()})
        return pa.schema(
            [
                (name, types.get(name, pa.int64()))
                for name in (*COLUMNS, *own, *extra, *self._landmark_columns)
            ],
            metadata=dict.fromkeys(self._landmark_columns, _LAYOUT),
        )

    @property
    def begun(self) -> bool:
        """Whether there was a record."""
        return self._file is not None

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        if self._file is None:
            self._file = self._open_file()
            self._loading.start()
        for row in landmark_rows(record, self._all_frames, self._groups, self._values):
            for group in self._groups:
                values = row.pop(group.key)
                if values is not None:
                    row.update(zip(group.types, values, strict=True))
            own = row.pop(VALUES)
            if self._values is not None:
                row.update(zip(self._values.types, self._values.flat(own), strict=True))
            landmarks = row.pop(LANDMARKS_COLUMN)
            for name in self._landmark_columns:
                row[name] = None if landmarks is None else landmarks.ravel()
            self._rows.append(row)
            self.written += 1
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._flush(self._file)

    def _open_file(self) -> BinaryIO:
        make_folder_of(self.path)
        try:
            return self.path.open("wb")
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error

    def _open_writer(self, file: BinaryIO) -> None:
        self._loading.join()
        if self._pq is None:
            raise self._missing()
        try:
            self._writer = self._pq.ParquetWriter(file, self._schema())
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error

    def _flush(self, file: BinaryIO) -> None:
        if self._writer is None:
            self._open_writer(file)
        if not self._rows:
            return
        table = self._pa.Table.from_pylist(self._rows, schema=self._writer.schema)
        self._rows = []
        self.written = self._stored
        free = free_bytes(self.path)
        fitting = table if free is None else table.slice(0, self._room(free, table))
        try:
            if fitting.num_rows:
                self._writer.write_table(fitting)
                file.flush()
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        self._stored += fitting.num_rows
        self.written = self._stored
        if free is not None and fitting.num_rows < table.num_rows:
            raise MediaError(
                f"{self.name}: the disk is full ({free // 1024} KiB were free); the table ends after "
                f"{self._stored} rows."
            )

    def _room(self, free: int, table: Any) -> int:
        """How many rows of a table fit beside the footer into `free` bytes."""
        footer = _FOOTER_BYTES + _FOOTER_BYTES_PER_GROUP * (self._stored // _ROWS_PER_GROUP + 1)
        return min(table.num_rows, max(0, free - footer) * table.num_rows // (_MOST_GROWTH * table.nbytes))

    def close(self) -> None:
        """Writes the last rows and the footer. May be called twice."""
        if self._loading.is_alive():  # no thread may be inside foreign code when the program ends
            self._loading.join()
        if self._file is None or self._file.closed:
            return
        try:
            self._flush(self._file)
        finally:
            self._finish(self._file)

    def _finish(self, file: BinaryIO) -> None:
        if self._writer is None:  # `_open_writer` has raised
            file.close()
            self._remove()
            return
        reason = "not all of it could be written"
        try:
            with file:
                self._writer.close()
        except OSError as error:
            reason = error.strerror or str(error)
        self._writer.is_open = False  # pyarrow would try again when the object is deleted
        if self.path.is_file() and not self._readable():
            self._remove()
            raise MediaError(
                f"{self.name}: {reason}; without all of it the table cannot be read, and it was removed."
            )

    def _remove(self) -> None:
        self.written = 0
        if self.path.is_file():
            os.unlink(os.path.realpath(self.path))  # the target of a link, not the link

    def _readable(self) -> bool:
        try:
            with self.path.open("rb") as file:  # by its name, pyarrow would take some files for URLs
                return self._pq.read_metadata(file).num_rows == self._stored
        except (OSError, self._pa.ArrowException):
            return False

    def summary(self) -> str:
        """What is in it, for the user."""
        return f"{self.name}: {self.written} row" + ("" if self.written == 1 else "s")


def _is_installed() -> bool:
    """Whether pyarrow can be found; it is not loaded."""
    if "pyarrow" in sys.modules:
        return sys.modules["pyarrow"] is not None
    return importlib.util.find_spec("pyarrow") is not None

"""Writes landmarks to a Parquet table."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.landmark_rows import (
    COLUMNS,
    LANDMARKS_COLUMN,
    ROI_COLUMNS,
    VALUES,
    landmark_rows,
)
from attention_mesh.cli.outputs.parquet_file import ParquetFile
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.extras import install_command
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import (
    check_file,
    check_not_deleted,
    fate_of,
    make_folder_of,
)

_LAYOUT = "x0,y0,z0,x1,y1,z1,… in pixels of the frame; z on x's scale"
_ROWS_PER_GROUP = 512
_SECONDS_PER_GROUP = 30.0  # of a slow run


class ParquetSink:
    """Writes one row per face and frame, with the columns of `landmark_rows`.

    The landmarks of a row are one list of N·3 float32 (x0, y0, z0, x1, …) in pixels; the file's metadata
    describes the layout. Without `landmarks`, there is no such list. The first record makes the file, with or
    without a face. Rows are written in groups of 512, or after 30 seconds. The file can be read at any time,
    and stays so if the process is killed or the disk is full.

    Raises:
      MediaError: pyarrow is not installed (the text names the extra), or the file cannot be written, or it is
        deleted, replaced or moved meanwhile.
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
        self._file: FileIO | None = None
        self._table: ParquetFile | None = None
        self._taken: str | None = None  # what became of the file, if it is no longer there
        self._grouped = 0.0  # time.monotonic() of the last group
        check_file(path)

    def _load(self) -> None:
        """Loads pyarrow, which takes longer than a network, while networks run.

        Before the first record, it would only make the graph wait: both need the interpreter then.
        """
        with contextlib.suppress(ImportError):  # seen by `_flush`
            import pyarrow.parquet

            self._pa = pyarrow

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
        if len(self._rows) >= _ROWS_PER_GROUP or (
            self._rows and time.monotonic() - self._grouped > _SECONDS_PER_GROUP
        ):
            self._flush(self._file)

    def _open_file(self) -> FileIO:
        make_folder_of(self.path)
        self._grouped = time.monotonic()
        try:
            return FileIO(self.path, "w")
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> MediaError:
        return MediaError(
            f"{self.name}: {error.strerror or error}; the table ends after {self.written} rows."
        )

    def _flush(self, file: FileIO) -> None:
        """Writes the rows that wait, as a row group."""
        self._loading.join()
        rows, self._rows, self._grouped = self._rows, [], time.monotonic()
        self.written -= len(rows)
        if self._pa is None:
            raise self._missing()
        check_not_deleted(self.path, file.fileno())
        try:
            if self._table is None:
                self._table = ParquetFile(file, self._as_file(self._schema().empty_table()))
            if rows:
                self._append(self._table, self._pa.Table.from_pylist(rows, schema=self._schema()))
        except OSError as error:
            raise self._failed(error) from error

    def _as_file(self, table: Any) -> bytes:
        """A table as the content of a Parquet file; its rows are one group."""
        content = self._pa.BufferOutputStream()
        # Measurements do not repeat: a dictionary of theirs takes ten times as long and a third more space.
        repeating = [
            field.name for field in table.schema if field.type in (self._pa.string(), self._pa.int64())
        ]
        with self._pa.parquet.ParquetWriter(content, table.schema, use_dictionary=repeating) as writer:
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
        return bytes(content.getvalue())

    def _append(self, file: ParquetFile, table: Any) -> None:
        """Writes a row group or, if the disk is full, as many of its rows as fit, and raises OSError."""
        try:
            file.append(self._as_file(table), table.num_rows)
            self.written += table.num_rows
        except OSError:
            done, count = 0, table.num_rows
            while (count := count // 2) > 0:
                with contextlib.suppress(OSError):
                    file.append(self._as_file(table.slice(done, count)), count)
                    done += count
            self.written += done
            raise

    def close(self) -> None:
        """Writes the last rows. May be called twice."""
        if self._loading.is_alive():  # no thread may be inside foreign code when the program ends
            self._loading.join()
        if self._file is None or self._file.closed:
            return
        with self._file:
            try:
                if self._rows or self._table is None:
                    self._flush(self._file)
                if self._table is not None:
                    self._table.finish()
            except OSError as error:
                raise self._failed(error) from error
            finally:
                if self._table is None and self._is_in_place(self._file):  # nothing could read it
                    os.unlink(os.path.realpath(self.path))  # the target of a link, not the link
            self._taken = fate_of(self.path, self._file.fileno())
        if self._taken is not None:
            raise MediaError(f"{self.name}: {self._taken}.")

    def _is_in_place(self, file: FileIO) -> bool:
        return self.path.is_file() and fate_of(self.path, file.fileno()) is None

    def summary(self) -> str:
        """What is in it, for the user."""
        if self._taken is not None:
            return f"{self.name}: no longer there"
        return f"{self.name}: {self.written} row" + ("" if self.written == 1 else "s")


def _is_installed() -> bool:
    """Whether pyarrow can be found; it is not loaded."""
    if "pyarrow" in sys.modules:
        return sys.modules["pyarrow"] is not None
    return importlib.util.find_spec("pyarrow") is not None

"""Landmarks into a Parquet table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.landmark_rows import (
    COLUMNS,
    LANDMARKS_COLUMN,
    ROI_COLUMNS,
    landmark_rows,
)
from attention_mesh.python_bindings.video.sink_error import SinkError

_ROWS_A_GROUP = 512


class ParquetSink:
    """Writes a row a face and frame: the columns of `landmark_rows`, the landmarks as one list of N·3 float32
    (x0, y0, z0, x1, …) in pixels, and the layout in the file's metadata. Row groups of 512 rows bound the
    memory; the file is complete when `close` has written its footer.

    Needs pyarrow; raises SinkError that names the extra when it is not installed, and when the file cannot
    be written.
    """

    needs_image = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        self._rows: list[dict[str, Any]] = []
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise SinkError(
                f"{self.name}: Parquet needs the package pyarrow: pip install 'attention-mesh[parquet]'"
            ) from error
        types = {"name": pa.string(), "score": pa.float32(), LANDMARKS_COLUMN: pa.list_(pa.float32())}
        types.update({column: pa.float32() for column in ROI_COLUMNS})
        self._schema = pa.schema(
            [(name, types.get(name, pa.int64())) for name in (*COLUMNS, LANDMARKS_COLUMN)],
            metadata={LANDMARKS_COLUMN: "x0,y0,z0,x1,y1,z1,… in pixels of the frame; z on x's scale"},
        )
        self._table = pa.Table
        try:
            self._writer = pq.ParquetWriter(self.path, self._schema)
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        for row in landmark_rows(record):
            self._rows.append({**row, LANDMARKS_COLUMN: row[LANDMARKS_COLUMN].ravel()})
            self.written += 1
        if len(self._rows) >= _ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        try:
            if rows:
                self._writer.write_table(self._table.from_pylist(rows, schema=self._schema))
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def close(self) -> None:
        """Writes the last rows and the footer. May be called twice."""
        if not self._writer.is_open:
            return
        try:
            self._flush()
        finally:
            try:
                self._writer.close()
            except OSError as error:
                raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} rows"

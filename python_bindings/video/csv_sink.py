"""Landmarks into a CSV table."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.landmark_rows import COLUMNS, LANDMARKS_COLUMN, landmark_rows
from attention_mesh.python_bindings.video.sink_error import SinkError


class CsvSink:
    """Writes a row a face and frame: the columns of `landmark_rows`, then x0,y0,z0,x1,… in pixels.

    Coordinates have three decimals (a thousandth of a pixel). Rows are flushed frame by frame.

    Raises SinkError when the file cannot be written.
    """

    needs_image = False

    def __init__(self, path: str | os.PathLike[str], num_landmarks: int = 478) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        self._points: int | None = None
        self._default_points = num_landmarks
        try:
            self._file = open(self.path, "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed in close()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error
        self._csv = csv.writer(self._file)

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        try:
            for row in landmark_rows(record):
                self._write_row(row)
            self._file.flush()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def _write_row(self, row: dict[str, Any]) -> None:
        landmarks = row[LANDMARKS_COLUMN]
        if self._points is None:
            self._write_header(len(landmarks))
        if len(landmarks) != self._points:
            raise SinkError(
                f"{self.name}: {row['name']} has {len(landmarks)} landmarks but the table began "
                f"with {self._points}."
            )
        head = [
            format(value, ".6g") if isinstance(value, float) else value for value in map(row.get, COLUMNS)
        ]
        self._csv.writerow(head + [f"{value:.3f}" for value in landmarks.ravel().tolist()])
        self.written += 1

    def _write_header(self, points: int) -> None:
        self._points = points
        self._csv.writerow([*COLUMNS, *(f"{axis}{i}" for i in range(points) for axis in "xyz")])

    def close(self) -> None:
        """Finishes the file; a table without a face has its header only. May be called twice."""
        if self._file.closed:
            return
        try:
            if self._points is None:
                self._write_header(self._default_points)
            self._file.close()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} rows"

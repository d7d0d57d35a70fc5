"""Writes landmarks to a CSV table."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from io import FileIO
from typing import Any

from attention_mesh.cli.outputs.coordinate_text import csv_coordinates
from attention_mesh.cli.outputs.face_columns import FaceColumns, column_names
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.landmark_rows import COLUMNS, LANDMARKS_COLUMN, VALUES, landmark_rows
from attention_mesh.cli.outputs.row_file_sink import RowFileSink
from attention_mesh.cli.outputs.value_columns import Cell, ValueColumns
from attention_mesh.media.errors import MediaError

_LINE_END = "\r\n"


class CsvSink(RowFileSink):
    """Writes one row per face and frame: the columns of `landmark_rows`, then x0,y0,z0,x1,… in pixels.

    Without `landmarks`, the table ends with the other groups. Value columns come after the first ones,
    numbers with six digits, bools as true and false. Coordinates have three decimals (a thousandth
    of a pixel), values of other groups of columns four. The first record makes the file, with or without a
    face. When `write` returns, the file holds the whole rows of the frame; rows before the first face wait
    for it, because it decides how many columns there are.

    Raises MediaError when the file cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        num_landmarks: int = 478,
        all_frames: bool = False,
        groups: Sequence[FaceColumns] = (),
        landmarks: bool = True,
        values: ValueColumns | None = None,
    ) -> None:
        super().__init__(path, all_frames, groups, landmarks, values)
        self._waiting: list[dict[str, Any]] = []  # rows that are not in the file yet
        self._points: int | None = None  # landmarks per face, from the first face
        self._default_points = num_landmarks if landmarks else 0

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        file = self._begin()
        self._waiting += landmark_rows(record, self.all_frames, self.groups, self.values)
        if not self._waiting:
            return
        newest = self._waiting[-1][LANDMARKS_COLUMN] if self.landmarks else ()  # None if there is no face
        points = self._points if newest is None or self._points is not None else len(newest)
        if points is not None:
            self._write_rows(file, points)

    def _write_rows(self, file: FileIO, points: int) -> None:
        own = self.values.types if self.values else ()
        lines = (
            [_line([*COLUMNS, *own, *column_names(self.groups), *_coordinates(points)])]
            if self._points is None
            else []
        )
        lines += [self._row(row, points) for row in self._waiting]
        self._append(file, "".join(lines))
        self._points = points
        self.written += len(self._waiting)
        self._waiting = []

    def _row(self, row: dict[str, Any], points: int) -> str:
        landmarks = row[LANDMARKS_COLUMN]
        own = map(_own_cell, self.values.flat(row[VALUES])) if self.values else ()
        if landmarks is None:
            empty = len(column_names(self.groups)) + 3 * points
            return _line([*map(row.get, COLUMNS), *own, *[None] * empty])  # the writer leaves None empty
        if self.landmarks and len(landmarks) != points:
            raise MediaError(
                f"{self.name}: {row['name']} has {len(landmarks)} landmarks but the table began "
                f"with {points}."
            )
        head = [
            format(value, ".6g") if isinstance(value, float) else value for value in map(row.get, COLUMNS)
        ]
        values = [_cell(value) for group in self.groups for value in row[group.key]]
        if self.landmarks:
            values.append(csv_coordinates(landmarks))
        return _line([*head, *own], ",".join(values))

    def close(self) -> None:
        """Finishes the file; a table without a face has only its header. May be called twice."""
        if self._file is not None and not self._file.closed and self._points is None:
            self._write_rows(self._file, self._default_points)
        super().close()


def _cell(value: float | str | None) -> str:
    """The text of a group's value, which needs no quotes."""
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _own_cell(value: Cell) -> Any:
    """What the writer gets of a value column."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, ".6g") if isinstance(value, float) else value


def _coordinates(points: int) -> list[str]:
    return [f"{axis}{i}" for i in range(points) for axis in "xyz"]


def _line(cells: list[Any], rest: str = "") -> str:
    """A line of the table: cells, quoted if need be, then what is CSV already."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # its own line end, so that a name that holds one is quoted
    line = text.getvalue().removesuffix(_LINE_END)
    return ",".join(filter(None, (line, rest))) + _LINE_END

"""Writes landmarks to a JSON Lines file."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from attention_mesh.cli.outputs.coordinate_text import json_coordinates
from attention_mesh.cli.outputs.face_columns import FaceColumns
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.landmark_rows import (
    COLUMNS,
    LANDMARKS_COLUMN,
    ROI_COLUMNS,
    VALUES,
    landmark_rows,
)
from attention_mesh.cli.outputs.row_file_sink import RowFileSink
from attention_mesh.cli.outputs.value_columns import Cell


class JsonLinesSink(RowFileSink):
    """Writes one JSON object per face and frame, each on a line, with the columns of `landmark_rows`.

    The region is ``"roi": [x_center, y_center, width, height, rotation_rad]``, and the landmarks are
    ``"landmarks_px": [[x, y, z], …]``, unless `landmarks` is False. Each group of other columns is an object.
    What else the graph puts out has the name of its stream, a vector is a list.
    Coordinates have three decimals (a thousandth of a pixel), values of other groups four. The first record
    makes the file, with or without a face. When `write` returns, the file holds the whole lines of the frame.

    Raises MediaError when the file cannot be written.
    """

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        file = self._begin()
        rows = landmark_rows(record, self.all_frames, self.groups, self.values)
        lines = [_line(row, self.groups, self.landmarks) for row in rows]
        self._append(file, "".join(lines))
        self.written += len(lines)


def _line(row: dict[str, Any], groups: Sequence[FaceColumns], all_landmarks: bool) -> str:
    line = {name: row[name] for name in COLUMNS if name not in ROI_COLUMNS}
    landmarks = row[LANDMARKS_COLUMN]
    if landmarks is None:  # a frame without a face
        line["roi"] = None
    else:
        line["score"] = _number(line["score"], 6)
        line["roi"] = [_number(row[name], 5) for name in ROI_COLUMNS]
    line |= {stream: _own(value) for stream, value in row[VALUES].items()}
    head = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    more = "".join([f',"{group.key}":{_object(group, row[group.key])}' for group in groups])
    if all_landmarks:
        more += f',"{LANDMARKS_COLUMN}":{"null" if landmarks is None else json_coordinates(landmarks)}'
    return f"{head[:-1]}{more}}}\n"


def _own(value: Cell | list[Cell]) -> Any:
    """The JSON value of a value column."""
    if isinstance(value, list):
        return [_own(item) for item in value]
    if isinstance(value, float):
        return float(format(value, ".6g")) if math.isfinite(value) else None
    return value


def _object(group: FaceColumns, values: list[Any] | None) -> str:
    """The JSON text of a group's values."""
    if values is None:
        return "null"
    template = group.json_template
    if template is not None and None not in values and all(map(math.isfinite, values)):
        return template % tuple(values)
    named = zip(group.json_names, map(_value, values), strict=True)
    return json.dumps(dict(named), separators=(",", ":"))


def _value(value: float | str | None) -> float | str | None:
    return _number(value, 4) if isinstance(value, float) else value


def _number(value: float, decimals: int) -> float | None:
    """A number that JSON has: None (null) for NaN, which graphs without scores or regions give."""
    return round(value, decimals) if math.isfinite(value) else None

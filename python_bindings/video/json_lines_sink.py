"""Landmarks into a JSON Lines file."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.landmark_rows import (
    COLUMNS,
    LANDMARKS_COLUMN,
    ROI_COLUMNS,
    landmark_rows,
)
from attention_mesh.python_bindings.video.sink_error import SinkError


class JsonLinesSink:
    """Writes a JSON object a line, one a face and frame: the columns of `landmark_rows`, with the region as
    ``"roi": [x_center, y_center, width, height, rotation_rad]`` and ``"landmarks_px": [[x, y, z], …]``.

    Coordinates have three decimals (a thousandth of a pixel). Lines are flushed frame by frame.

    Raises SinkError when the file cannot be written.
    """

    needs_image = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = str(path)
        self.written = 0
        try:
            self._file = open(self.path, "w", encoding="utf-8")  # noqa: SIM115 - closed in close()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def write(self, record: FrameRecord) -> None:
        """Appends the faces of `record.result`."""
        try:
            for row in landmark_rows(record):
                line = {name: row[name] for name in COLUMNS if name not in ROI_COLUMNS}
                line["score"] = _number(line["score"], 6)
                line["roi"] = [_number(row[name], 5) for name in ROI_COLUMNS]
                line[LANDMARKS_COLUMN] = [
                    [_number(value, 3) for value in point] for point in row[LANDMARKS_COLUMN].tolist()
                ]
                self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                self.written += 1
            self._file.flush()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def close(self) -> None:
        """Finishes the file. May be called twice."""
        try:
            self._file.close()
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or error}.") from error

    def summary(self) -> str:
        """What is in it."""
        return f"{self.name}: {self.written} rows"


def _number(value: float, decimals: int) -> float | None:
    """A number JSON knows: None (null) for NaN, which graphs without scores or regions give."""
    return round(value, decimals) if math.isfinite(value) else None

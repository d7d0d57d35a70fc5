"""Value columns: what a user's graph puts out beside its faces, as columns of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.framework.port_types import type_name

MOST_VALUES = 16
"""The longest vector that becomes columns."""

Cell: TypeAlias = bool | int | float | str | None
_KINDS: dict[str, type] = {"b": bool, "i": int, "u": int, "f": float, "U": str}  # by NumPy's letter
_FALLBACK = str  # of a stream that declares any type, and had no packet before the first row


@dataclass(frozen=True)
class _Layout:
    """The columns of a stream.

    Attributes:
      kind: bool, int, float or str.
      width: how many columns there are; 0 for one with the stream's own name.
      per_face: whether each face has its own values, and not the frame.
    """

    kind: type
    width: int = 0
    per_face: bool = False


class ValueColumns:
    """The columns of several streams, which all tables of a run share.

    A number, text or bool is a column with the name of its stream. An array or a list with an entry per face,
    (F,) or (F, K), has the values of the row's face. A tuple, and an array (K,) or a list of another length,
    belongs to the frame, and all rows of the frame have it. K values, at most 16, are columns with the names
    `stream_0`, `stream_1` and so on.

    The first row of a table decides about the columns: each stream has those of its first packet or, if it
    had none so far, one column of the type that the graph declares. What fits no column is left empty.

    Args:
      streams: name -> the type that the graph declares, `object` for any.

    Attributes:
      unfit: stream -> what it held that fits no column.
    """

    def __init__(self, streams: Mapping[str, Any]) -> None:
        self._types = dict(streams)
        self._seen: dict[str, _Layout] = {}
        self._fixed: dict[str, _Layout] | None = None
        self.unfit: dict[str, str] = {}

    @property
    def types(self) -> dict[str, type]:
        """Column -> the type of its values: bool, int, float or str; fixed from now on."""
        return {
            column: layout.kind
            for stream, layout in self._layouts().items()
            for column in _column_names(stream, layout)
        }

    def rows(self, record: FrameRecord) -> list[dict[str, Cell | list[Cell]]]:
        """The values of each face or, without a face, one row: stream -> a value, or a list of K.

        The columns are fixed from now on.
        """
        faces = 0 if record.result is None else len(record.result)
        self.note(record)
        values = {
            stream: self._fitting(stream, layout, record.values.get(stream), faces, record.timestamp_us)
            for stream, layout in self._layouts().items()
        }
        rows: list[dict[str, Cell | list[Cell]]] = []
        for face in range(max(faces, 1)):
            row: dict[str, Cell | list[Cell]] = {}
            for stream, layout in self._layouts().items():
                found = values[stream]
                if found is None or (layout.per_face and not faces):
                    row[stream] = [None] * layout.width if layout.width else None
                else:
                    row[stream] = (found[face] if layout.per_face else found).tolist()
            rows.append(row)
        return rows

    def note(self, record: FrameRecord) -> None:
        """Takes the packets of a frame that has no row, which may be the first ones of their streams."""
        if self._fixed is not None:
            return
        faces = 0 if record.result is None else len(record.result)
        for stream, value in record.values.items():
            if stream in self._seen or stream in self.unfit:
                continue
            array = _as_array(value)
            layout = None if array is None else _layout_of(value, array, faces)
            if layout is None:
                self.unfit[stream] = _described(value)
            else:
                self._seen[stream] = layout

    def flat(self, row: Mapping[str, Cell | list[Cell]]) -> Iterator[Cell]:
        """The cells of a row of `rows` in the order of `types`."""
        for value in row.values():
            if isinstance(value, list):
                yield from value
            else:
                yield value

    def notice(self) -> str | None:
        """What the user reads of streams that fit no column; None if all do."""
        if not self.unfit:
            return None
        streams = ", ".join(f"{stream} ({what})" for stream, what in self.unfit.items())
        return (
            f"the tables lack outputs of the graph: {streams}; a column takes a number, text or bool, or "
            f"{MOST_VALUES} at most, per frame or per face"
        )

    def _layouts(self) -> dict[str, _Layout]:
        if self._fixed is None:
            self._fixed = {
                stream: self._seen.get(stream) or _declared_layout(kind)
                for stream, kind in self._types.items()
                if stream not in self.unfit
            }
        return self._fixed

    def _fitting(
        self, stream: str, layout: _Layout, value: Any, faces: int, timestamp_us: int
    ) -> np.ndarray | None:
        """The value as an array that fits the layout; None if there is none, or if it does not fit."""
        if value is None:
            return None
        array = _as_array(value)
        lengths = (faces,) if layout.per_face else ()
        shape = (*lengths, layout.width) if layout.width else lengths
        if array is not None and array.shape == shape and _fits_kind(array, layout.kind):
            return array.astype(layout.kind if layout.kind is not str else str)
        if stream not in self.unfit and not (layout.per_face and array is not None and array.size == 0):
            self.unfit[stream] = f"{_described(value)} at {timestamp_us} µs, unlike its first packet"
        return None


def short_vector(value: Any) -> np.ndarray | None:
    """(N,) float64 of a number, a bool, or an array, list or tuple of at most 16; None of anything else."""
    array = _as_array(value)
    if array is None or array.dtype.kind == "U" or not 0 < array.size <= MOST_VALUES:
        return None
    return array.astype(np.float64).ravel()


def _column_names(stream: str, layout: _Layout) -> Sequence[str]:
    return [f"{stream}_{index}" for index in range(layout.width)] if layout.width else [stream]


def _as_array(value: Any) -> np.ndarray | None:
    """The value as an array of bools, numbers or texts; None if it is something else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in _KINDS else None
    items = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(item, (bool, int, float, str, np.generic)) for item in items):
        return None
    if any(isinstance(item, str) for item in items) and not all(isinstance(item, str) for item in items):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in _KINDS else None


def _layout_of(value: Any, array: np.ndarray, faces: int) -> _Layout | None:
    kind = _KINDS[array.dtype.kind]
    if array.ndim == 0:
        return _Layout(kind)
    if not isinstance(value, tuple) and len(array) == faces and array.ndim <= 2:
        if array.ndim == 1:
            return _Layout(kind, per_face=True)
        return _Layout(kind, array.shape[1], True) if 0 < array.shape[1] <= MOST_VALUES else None
    if array.ndim == 1 and 0 < len(array) <= MOST_VALUES:
        return _Layout(kind, len(array))
    return None


def _declared_layout(declared: Any) -> _Layout:
    if declared in (bool, int, float, str):
        return _Layout(declared)
    return _Layout(float, per_face=True) if declared is np.ndarray else _Layout(_FALLBACK)


def _fits_kind(array: np.ndarray, kind: type) -> bool:
    found = _KINDS[array.dtype.kind]
    return found is kind or (kind is float and found is int) or (kind is int and found is bool)


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array {value.shape} {value.dtype}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    return type_name(type(value))

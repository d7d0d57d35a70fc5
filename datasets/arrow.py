"""Arrow and Parquet: the tables of a dataset as pyarrow has them. Only piece_file.py imports it beside."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeAlias

import numpy as np

from attention_mesh.datasets.bucket_path import BucketPath, TablePath
from attention_mesh.datasets.columns import FACE_COLUMNS, MANIFEST_COLUMNS, Column
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_meter import MeasuredFrame
from attention_mesh.datasets.pieces import TrackNumbers
from attention_mesh.datasets.remote_files import reason_of
from attention_mesh.extras import MissingExtraError, install_command

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    raise MissingExtraError(f"tables of datasets need pyarrow: {install_command('datasets')}") from error

if TYPE_CHECKING:
    from attention_mesh.geometry.blink_events import BlinkEvents

RecordBatch: TypeAlias = pyarrow.RecordBatch

_MANIFEST_KEY = b"attention_mesh.manifest"
_ROWS_PER_BATCH = 512
BLINK_COLUMNS = ("blink_eyes", "blink_start_us", "blink_length_us")


def face_schema(half: bool) -> pyarrow.Schema:
    """The columns of a table of faces; with `half`, lists are of float16."""
    return _schema(FACE_COLUMNS, half)


def manifest_schema() -> pyarrow.Schema:
    """The columns of a manifest."""
    return _schema(MANIFEST_COLUMNS, half=False)


def _schema(columns: Iterable[Column], half: bool) -> pyarrow.Schema:
    fields = []
    for name, kind, length, meaning in columns:
        single = getattr(pyarrow, kind)() if length is None or not half else pyarrow.float16()
        arrow_type = single if length is None else pyarrow.list_(single, length)
        fields.append(pyarrow.field(name, arrow_type, metadata={"description": meaning}))
    return pyarrow.schema(fields)


def face_batches(source: str, frames: Iterable[MeasuredFrame], half: bool = False) -> Iterator[RecordBatch]:
    """The faces of a source as batches of some hundred rows, one per face."""
    schema = face_schema(half)
    waiting: list[MeasuredFrame] = []
    numbers, tracks = TrackNumbers(), list[int]()
    for frame in frames:
        if len(frame.faces):
            waiting.append(frame)
            tracks += numbers.frame(frame.faces.track_ids.tolist())
        if len(tracks) >= _ROWS_PER_BATCH:
            yield _batch(source, waiting, tracks, schema, half)
            waiting, tracks = [], []
    if waiting:
        yield _batch(source, waiting, tracks, schema, half)


def _batch(
    source: str, frames: Sequence[MeasuredFrame], tracks: list[int], schema: pyarrow.Schema, half: bool
) -> RecordBatch:
    counts = [len(frame.faces) for frame in frames]
    blinks = [
        row for frame in frames for row in blink_rows(frame.faces.track_ids.tolist(), frame.faces.blinks)
    ]
    values: dict[str, Any] = {
        "source": [source] * sum(counts),
        "frame": np.repeat([frame.index for frame in frames], counts),
        "timestamp_us": np.repeat([frame.timestamp_us for frame in frames], counts),
        "face": np.concatenate([np.arange(count) for count in counts]),
        "track_id": tracks,
        "score": _joined(frames, "scores"),
        "roi": _joined(frames, "rois"),
        "landmarks_px": _joined(frames, "landmarks_px"),
        "blendshapes": _joined(frames, "blendshapes"),
        "pose": _joined(frames, "poses"),
        "gaze": _joined(frames, "gaze"),
        "eye_aspect_ratios": _joined(frames, "eye_aspect_ratios"),
        **{name: [row[place] for row in blinks] for place, name in enumerate(BLINK_COLUMNS)},
    }
    arrays = []
    for field, column in zip(schema, FACE_COLUMNS, strict=True):
        value = values[field.name]
        if column.length is None:
            arrays.append(pyarrow.array(value, field.type))
            continue
        flat = value.reshape(-1).astype(np.float16 if half else np.float32)
        arrays.append(pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(flat), column.length))
    return pyarrow.record_batch(arrays, schema=schema)


def _joined(frames: Sequence[MeasuredFrame], attribute: str) -> np.ndarray:
    return np.concatenate([getattr(frame.faces, attribute) for frame in frames])


def blink_rows(
    track_ids: Sequence[int], blinks: BlinkEvents | None
) -> list[tuple[str | None, int | None, int | None]]:
    """For each face of a frame the eyes, start and length in µs of the blink that ended; None for none."""
    rows: list[tuple[str | None, int | None, int | None]] = [(None, None, None)] * len(track_ids)
    if blinks is None:  # photos have none
        return rows
    places = {track: place for place, track in enumerate(track_ids)}
    for track, eyes, start, length in zip(
        blinks.track_ids.tolist(), blinks.eye_names(), blinks.starts_us, blinks.lengths_us, strict=True
    ):
        rows[places[track]] = eyes, int(start), int(length)
    return rows


class PartWriter:
    """Writes a part of a table: rows of some sources, with their manifest in the file's metadata.

    The file has another name until `commit`, so that a part is in the table whole or not at all. One for a
    bucket is in the folder of temporary files until then, without a name: a killed process leaves nothing.

    Raises TableError if it cannot be written.
    """

    def __init__(self, path: TablePath, half: bool) -> None:
        self._path = path
        self._file: IO[bytes]  # `commit` and `discard` close it
        with _told_of(path):
            if isinstance(path, BucketPath):
                self._file = tempfile.TemporaryFile()  # noqa: SIM115
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                # Not the process's number: in a shared folder, one on another machine may have the same.
                self._temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.part")
                self._file = open(self._temporary, "wb")  # noqa: SIM115
            self._writer = pyarrow.parquet.ParquetWriter(
                self._file,
                face_schema(half),
                compression="zstd",
                use_dictionary=["source", "blink_eyes"],
            )
        self._rows = 0

    def write(self, batch: RecordBatch) -> None:
        """Appends rows."""
        with _told_of(self._path):
            self._writer.write_batch(batch, row_group_size=_ROWS_PER_BATCH)
        self._rows += batch.num_rows

    def commit(self, manifest: Sequence[dict[str, Any]]) -> None:
        """Ends the file and gives it its name.

        Args:
          manifest: a row per source, see `MANIFEST_COLUMNS`.
        """
        with _told_of(self._path):
            self._writer.add_key_value_metadata({_MANIFEST_KEY: json.dumps(list(manifest))})
            self._writer.close()
            self._file.flush()
            if isinstance(self._path, BucketPath):
                self._path.upload(self._file)
                self._file.close()
                return
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._temporary, self._path)

    def discard(self) -> None:
        """Leaves nothing of it."""
        for opened in (self._writer, self._file):
            with contextlib.suppress(OSError):
                opened.close()
        if isinstance(self._path, Path):
            self._temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _told_of(path: TablePath) -> Iterator[None]:
    """Turns an OSError into a TableError that names a part."""
    try:
        yield
    except OSError as error:
        raise TableError(f"{path}: the table cannot be written: {error.strerror or error}") from error


def manifest_of_part(path: TablePath) -> list[dict[str, Any]]:
    """The manifest rows in a part. Raises TableError if the file is no part of a table."""
    try:
        metadata = pyarrow.parquet.read_metadata(_readable(path)).metadata or {}
        rows = json.loads(metadata[_MANIFEST_KEY])
    except (OSError, ValueError, KeyError, pyarrow.ArrowException) as error:
        if isinstance(error, OSError) and (error.errno or isinstance(path, BucketPath)):  # it may be good
            raise TableError(f"{path}: the part cannot be read: {reason_of(error)}") from error
        raise TableError(f"{path} is no part of a table of faces: {error}; delete it") from error
    return rows


def read_manifest(path: TablePath) -> list[dict[str, Any]]:
    """The rows of a manifest file; none if it is missing or damaged, because it is only a copy."""
    try:
        return pyarrow.parquet.read_table(_readable(path)).to_pylist()
    except (OSError, pyarrow.ArrowException):
        return []


def write_manifest(path: TablePath, rows: Sequence[dict[str, Any]]) -> None:
    """Writes a manifest file whole, in place of the one before. Raises OSError."""
    table = pyarrow.Table.from_pylist(list(rows), manifest_schema())
    if isinstance(path, BucketPath):
        content = io.BytesIO()
        pyarrow.parquet.write_table(table, content)
        path.write_bytes(content.getvalue())
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        pyarrow.parquet.write_table(table, temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _readable(path: TablePath) -> Any:
    return path.open() if isinstance(path, BucketPath) else path


def read_columns(path: TablePath, names: Sequence[str]) -> dict[str, list[Any]]:
    """Some columns of a part, as lists. Raises TableError if it cannot be read."""
    try:
        return pyarrow.parquet.read_table(_readable(path), columns=list(names)).to_pydict()
    except (OSError, pyarrow.ArrowException) as error:
        raise TableError(f"{path} cannot be read: {error}") from error


def text_column(path: str, names: Sequence[str], opened: BinaryIO | None = None) -> list[str]:
    """The first of these columns that a Parquet file, which may be open, has, as texts. Raises TableError."""
    try:
        file = pyarrow.parquet.ParquetFile(opened or path)
        named = [name for name in names if name in file.schema_arrow.names]
        if not named:
            raise TableError(
                f"{path}: the columns are {', '.join(file.schema_arrow.names)}; expected {' or '.join(names)}"
            )
        return [str(value) for value in file.read(columns=named[:1]).column(0).to_pylist() if value]
    except (OSError, pyarrow.ArrowException) as error:
        raise TableError(f"{path}: the list cannot be read: {error}") from error

"""Files of measured pieces of films, and the rows of a whole film that are made of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import attention_mesh
from attention_mesh.datasets.arrow import (
    BLINK_COLUMNS,
    PartWriter,
    RecordBatch,
    blink_rows,
    face_batches,
    face_schema,
    manifest_of_part,
)
from attention_mesh.datasets.bucket_path import TablePath
from attention_mesh.datasets.columns import FACE_COLUMNS, LANDMARKS
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_meter import MeasuredFrame
from attention_mesh.datasets.pieces import CutFilm, Piece, TrackNumbers, TrackRows, same_tracks
from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.geometry.blink_events import BlinkDetector
from attention_mesh.media.film_piece import PieceError

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:
    raise MissingExtraError(f"pieces of films need pyarrow: {install_command('datasets')}") from error

_FOLDER = "pieces"


def piece_path(table: Path, part: str, piece: Piece) -> Path:
    """Where the rows of a piece wait until the film is whole."""
    end = "end" if piece.end_us is None else piece.end_us
    return table / _FOLDER / f"{part}-{piece.start_us}-{end}.parquet"


def remove_pieces(table: TablePath, part: str) -> None:
    """Removes the pieces of a film. A table in a bucket has none."""
    if not isinstance(table, Path):
        return
    for path in (table / _FOLDER).glob(f"{part}-*"):
        path.unlink(missing_ok=True)


def remove_other_pieces(table: TablePath, parts: Iterable[str]) -> None:
    """Removes the pieces of all films but these, and what killed processes left; needs the table's lock."""
    if not isinstance(table, Path):
        return
    kept = set(parts)
    for path in (table / _FOLDER).glob("*"):
        if path.name.split("-")[0] not in kept:
            path.unlink(missing_ok=True)
    if not kept:
        with contextlib.suppress(OSError):  # it is not there, or a worker that outlived its run uses it
            (table / _FOLDER).rmdir()


def write_piece(path: Path, source: str, frames: Iterable[MeasuredFrame]) -> float:
    """Writes the rows of a piece whole or not at all. Returns the seconds that it took.

    Raises what the frames raise, and TableError.
    """
    start = time.perf_counter()
    timestamps: list[int] = []

    def noted() -> Iterator[MeasuredFrame]:
        for frame in frames:
            timestamps.append(frame.timestamp_us)
            yield frame

    writer = PartWriter(path, half=False)
    try:
        for batch in face_batches(source, noted()):
            writer.write(batch)
        seconds = time.perf_counter() - start
        facts = {"timestamps_us": timestamps, "seconds": seconds, "version": attention_mesh.__version__}
        writer.commit([facts])
    except BaseException:
        writer.discard()
        raise
    return seconds


def piece_facts(path: Path) -> dict[str, Any] | None:
    """`timestamps_us` of the frames of a piece, with those before its start, and the `seconds` that it took.

    None if it is missing, damaged or of another version.
    """
    try:
        (facts,) = manifest_of_part(path)
    except (TableError, ValueError):
        return None
    return facts if facts.get("version") == attention_mesh.__version__ else None


class JoinedFilm:
    """The whole film that measured pieces make.

    Args:
      paths: of the pieces of `film`, see `piece_path`.
      film: how it was cut.
      timestamps_us: of the frames of each piece, see `piece_facts`.

    Attributes:
      bad_seams: those where two pieces do not meet; `rows` needs that there is none.
      frames: of the whole film.
      frames_with_face, faces: that `rows` has given so far.
      last_us: time of the last frame.

    Raises:
      PieceError: the pieces do not have the same frames where they overlap, or one has none.
    """

    def __init__(self, paths: Sequence[Path], film: CutFilm, timestamps_us: Sequence[Sequence[int]]) -> None:
        self._paths, self._film = paths, film
        self._own: list[np.ndarray] = []
        self._same: list[dict[int, int]] = [{}]
        self.bad_seams: list[int] = []
        self.frames_with_face = self.faces = 0
        known = np.empty(0, np.int64)
        for number, (piece, given) in enumerate(zip(film.pieces, timestamps_us, strict=True)):
            times = np.array(given, np.int64)
            own = times[times >= piece.start_us]
            lead_us = film.lead_us(piece)
            if not len(own) or not np.array_equal(times[: -len(own)], known[known >= lead_us]):
                raise PieceError(f"{paths[number]}: the frames differ from those of the piece before")
            if number:
                same = self._meet(number, lead_us, int(known[-1]))
                if same is None:
                    self.bad_seams.append(number - 1)
                self._same.append(same or {})
            self._own.append(own)
            known = np.concatenate([known, own])
        self.frames = len(known)
        self.last_us = int(known[-1])

    def _meet(self, number: int, lead_us: int, last_us: int) -> dict[int, int] | None:
        if last_us < lead_us:  # no picture was measured twice
            return None
        before, after = self._film.pieces[number - 1 : number + 1]
        return same_tracks(
            _track_rows(self._paths[number - 1], max(before.start_us, lead_us), last_us),
            _track_rows(self._paths[number], lead_us, last_us),
            last_us,
        )

    def rows(self, half: bool) -> Iterator[RecordBatch]:
        """The rows of the film, in order, as `face_batches` gives them."""
        numbers, blinks, first_frame = TrackNumbers(), BlinkDetector(), 0
        for path, piece, own, same in zip(self._paths, self._film.pieces, self._own, self._same, strict=True):
            numbers.begin_piece(same)
            for table in _whole_frames(path, piece.start_us):
                batch = _renumbered(table, own, first_frame, numbers, blinks, half)
                self.faces += batch.num_rows
                self.frames_with_face += len(np.unique(batch.column("timestamp_us").to_numpy()))
                yield batch
            first_frame += len(own)


def _track_rows(path: Path, start_us: int, last_us: int) -> TrackRows:
    """The rows of a piece from one time to another, both included."""
    table = pyarrow.parquet.read_table(
        path,
        columns=["timestamp_us", "track_id", "roi", LANDMARKS],
        filters=[("timestamp_us", ">=", start_us), ("timestamp_us", "<=", last_us)],
    ).combine_chunks()
    return TrackRows(
        table.column("timestamp_us").to_numpy(),
        table.column("track_id").to_numpy(),
        _lists(table.column("roi"), 5),
        _lists(table.column(LANDMARKS), -1),
    )


def _lists(column: pyarrow.ChunkedArray, length: int) -> np.ndarray:
    """(R, length) float32 of a column of lists of fixed length."""
    length = column.type.list_size if length < 0 else length
    return np.concatenate(
        [np.empty(0, np.float32), *(chunk.flatten().to_numpy() for chunk in column.chunks)]
    ).reshape(-1, length)


def _whole_frames(path: Path, start_us: int) -> Iterator[pyarrow.Table]:
    """The rows of a piece from a time on; the faces of a frame stay together."""
    waiting: list[pyarrow.RecordBatch] = []
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            times = batch.column("timestamp_us").to_numpy()
            keep = int(np.searchsorted(times, start_us))
            if keep == len(times):
                continue
            last = int(np.searchsorted(times, times[-1]))
            if max(keep, last) > keep:
                yield pyarrow.Table.from_batches([*waiting, batch.slice(keep, last - keep)])
                waiting = []
            waiting.append(batch.slice(max(keep, last)))
    if waiting:
        yield pyarrow.Table.from_batches(waiting)


def _renumbered(
    table: pyarrow.Table,
    own: np.ndarray,
    first_frame: int,
    numbers: TrackNumbers,
    blinks: BlinkDetector,
    half: bool,
) -> RecordBatch:
    """Rows of a piece with the frames, the order of faces, the tracks and the blinks of the whole film."""
    times = table.column("timestamp_us").to_numpy()
    tracks = table.column("track_id").to_numpy()
    ratios = _lists(table.column("eye_aspect_ratios"), 2)
    order: list[int] = []
    track_ids: list[int] = []
    ended: list[tuple[str | None, int | None, int | None]] = []
    starts = np.flatnonzero(np.diff(times, prepend=-1))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(times)], strict=True):
        places, ids = numbers.ordered_frame(tracks[start:end].tolist())
        rows = [start + place for place in places]
        order += rows
        track_ids += ids
        events, _ = blinks.update(ratios[rows], np.array(ids), int(times[start]))
        ended += blink_rows(ids, events)
    counts = np.diff([*starts, len(times)])
    values: dict[str, Any] = {
        "frame": first_frame + np.searchsorted(own, times),
        "face": np.concatenate([np.arange(count) for count in counts]),
        "track_id": track_ids,
        **{name: [row[place] for row in ended] for place, name in enumerate(BLINK_COLUMNS)},
    }
    if order != list(range(len(order))):
        table = table.take(order)
    table = table.combine_chunks()
    arrays = []
    for field, column in zip(face_schema(half), FACE_COLUMNS, strict=True):
        if field.name in values:
            arrays.append(pyarrow.array(values[field.name], field.type))
        elif column.length is None or not half:
            arrays.append(table.column(field.name).chunk(0))
        else:
            flat = _lists(table.column(field.name), column.length).reshape(-1).astype(np.float16)
            arrays.append(pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(flat), column.length))
    return pyarrow.record_batch(arrays, schema=face_schema(half))

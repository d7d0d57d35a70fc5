"""Worker: measures the sources of a task and writes their part, in a process of its own or in any other."""

from __future__ import annotations

import dataclasses
import functools
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attention_mesh
from attention_mesh.datasets.arrow import PartWriter, face_batches
from attention_mesh.datasets.columns import MANIFEST_COLUMNS
from attention_mesh.datasets.face_meter import FaceMeter, MeasuredFrame
from attention_mesh.datasets.open_found import open_found
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.piece_file import (
    JoinedFilm,
    piece_facts,
    piece_path,
    remove_pieces,
    write_piece,
)
from attention_mesh.datasets.pieces import CutFilm, Piece, cut_times, without_seams
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.sources import FILM, PHOTO, SourceFile
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.media.errors import MediaError
from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.film_piece import FilmPiece, PieceError
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.models.weights import landmark_model
from attention_mesh.models.weights.model_store import file_sha256

DONE, CUT_OFF, FAILED = "done", "cut off", "failed"


class Worker:
    """Does task after task with one set of networks.

    Args:
      folder: of the table.
      options: how faces are measured.
    """

    def __init__(self, folder: str | os.PathLike[str], options: DatasetOptions) -> None:
        self._folder = TableFolder(folder)
        self._options = options
        self._meter = FaceMeter(options)

    def run(self, task: Task) -> list[dict[str, Any]]:
        """Measures the sources, also a long film, writes their part, and returns its manifest.

        Raises as `run_whole` does.
        """
        film = self.cut(task)
        while film is not None:
            if not all(self.measure_piece(task, film, piece) for piece in film.pieces):
                break
            joined = self.join(task, film)
            if isinstance(joined, list):
                return joined
            film = joined
        return self.run_whole(task)

    def cut(self, task: Task) -> CutFilm | None:
        """The pieces in which the film of a task is measured; None if it is not a single long film."""
        (source, *others), piece_us = task.sources, round(self._options.piece_seconds * 1e6)
        if others or source.kind != FILM or not piece_us or not os.path.isfile(source.address):
            return None
        if not isinstance(self._folder.path, Path):  # pieces wait on a disk
            return None
        try:
            with open_found(source, film_channels=4) as opened:
                if not isinstance(opened, VideoFileSource) or not (opened.seekable and opened.size):
                    return None
                if not (opened.length and opened.fps):
                    return None
                pieces = cut_times(round(opened.length / opened.fps * 1e6), piece_us)
                if len(pieces) == 1:
                    return None
                return CutFilm(opened.first_us, opened.size, opened.fps, opened.rotation_degrees, pieces)
        except MediaError:
            return None

    def measure_piece(self, task: Task, film: CutFilm, piece: Piece) -> float | None:
        """Measures a piece of the film of a task into a file of its own, if it is not there from before.

        Returns:
          The seconds that this took, above 0; None if the film cannot be measured in pieces.

        Raises:
          TableError: the piece cannot be written.
        """
        (source,) = task.sources
        path = piece_path(Path(self._folder.path), task.part, piece)
        facts = piece_facts(path)
        if facts is not None:
            return float(facts["seconds"])
        lead_us, end_us = film.lead_us(piece), piece.end_us
        try:
            opened = FilmInput(source.address)
            with FilmPiece(opened, film.first_us, lead_us, end_us, film.size, channels=4) as frames:
                return write_piece(path, source.name, self._meter.measure(frames))
        except MediaError:
            return None

    def join(self, task: Task, film: CutFilm) -> list[dict[str, Any]] | CutFilm | None:
        """Makes the part of a film of its measured pieces.

        Returns:
          The part's manifest. Or the film in longer pieces, of which the new ones have to be measured,
          because some pieces do not meet. Or None if the film has to be measured whole.

        Raises:
          TableError: the part cannot be written.
        """
        start = time.perf_counter()
        (source,) = task.sources
        paths = [piece_path(Path(self._folder.path), task.part, piece) for piece in film.pieces]
        facts = [found for path in paths if (found := piece_facts(path)) is not None]
        if len(facts) < len(paths):
            return film
        try:
            joined = JoinedFilm(paths, film, [found["timestamps_us"] for found in facts])
        except PieceError:
            return None
        if joined.bad_seams:
            pieces = without_seams(film.pieces, joined.bad_seams)
            return dataclasses.replace(film, pieces=pieces) if len(pieces) > 1 else None

        def write(writer: PartWriter) -> list[dict[str, Any]]:
            for batch in joined.rows(self._options.half):
                writer.write(batch)
            seconds = sum(found["seconds"] for found in facts) + time.perf_counter() - start
            return [
                {
                    **manifest_row(source, task.part, DONE, None),
                    "fps": film.fps,
                    "rotation_degrees": film.rotation_degrees,
                    "frames": joined.frames,
                    "frames_with_face": joined.frames_with_face,
                    "faces": joined.faces,
                    "duration_s": joined.last_us / 1e6,
                    "width": film.size[0],
                    "height": film.size[1],
                    "seconds": round(seconds, 3),
                    "weights_sha256": self._weights_hash(),
                }
            ]

        return self._write_part(task, write)

    def run_whole(self, task: Task) -> list[dict[str, Any]]:
        """Measures the sources, each from beginning to end, and returns the manifest of their part.

        A source that cannot be opened has failed, and has no rows. One that ends early keeps the rows before,
        and its status is "cut off".

        Raises:
          TableError: the part cannot be written.
          Exception: something else went wrong, and no part is written.
        """
        return self._write_part(
            task,
            lambda writer: [self._measure(source, task.part, writer) for source in task.sources],
        )

    def fail(self, task: Task, error: str) -> list[dict[str, Any]]:
        """Writes a part without rows, whose manifest says why its sources failed."""
        return self._write_part(
            task,
            lambda writer: [manifest_row(source, task.part, FAILED, error) for source in task.sources],
        )

    def close(self) -> None:
        """Frees the networks."""
        self._meter.close()

    def _write_part(
        self, task: Task, write: Callable[[PartWriter], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Makes a part whole or not at all; `write` writes its rows and returns its manifest."""
        writer = PartWriter(self._folder.part_path(task.part), self._options.half)
        try:
            manifest = write(writer)
            writer.commit(manifest)
        except BaseException:
            writer.discard()
            raise
        remove_pieces(self._folder.path, task.part)
        return manifest

    def _measure(self, source: SourceFile, part: str, writer: PartWriter) -> dict[str, Any]:
        start = time.perf_counter()
        tally = _Tally()
        status, error, facts = DONE, None, {}
        try:
            with open_found(source, film_channels=4) as opened:
                facts = {
                    "kind": PHOTO if opened.still else FILM,
                    "fps": opened.fps,
                    "rotation_degrees": getattr(opened, "rotation_degrees", None),
                }
                for batch in face_batches(
                    source.name, tally.count(self._meter.measure(opened)), self._options.half
                ):
                    writer.write(batch)
                facts["notices"] = " ".join(opened.notices) or None
                if opened.failures:
                    raise MediaError(" ".join(opened.failures))
        except MediaError as problem:
            status, error = (CUT_OFF if tally.frames else FAILED), str(problem)
        return {
            **manifest_row(source, part, status, error),
            **facts,
            **tally.facts(),
            "seconds": round(time.perf_counter() - start, 3),
            "weights_sha256": self._weights_hash(),
        }

    @functools.cache  # noqa: B019 - a worker lives as long as its process
    def _weights_hash(self) -> str:
        return file_sha256(landmark_model(weights=self._options.weights))


class _Tally:
    """Counts the frames and faces that pass."""

    def __init__(self) -> None:
        self.frames = 0
        self._with_face = 0
        self._faces = 0
        self._last: MeasuredFrame | None = None

    def count(self, frames: Iterator[MeasuredFrame]) -> Iterator[MeasuredFrame]:
        for frame in frames:
            self.frames += 1
            self._with_face += bool(len(frame.faces))
            self._faces += len(frame.faces)
            self._last = frame
            yield frame

    def facts(self) -> dict[str, Any]:
        """Columns of the manifest."""
        counts = {"frames": self.frames, "frames_with_face": self._with_face, "faces": self._faces}
        if self._last is None:
            return counts
        width, height = self._last.faces.image_size
        return {**counts, "duration_s": self._last.timestamp_us / 1e6, "width": width, "height": height}


def manifest_row(source: SourceFile, part: str, status: str, error: str | None) -> dict[str, Any]:
    """The manifest row of a source of which nothing else is known."""
    return {
        **dict.fromkeys(column.name for column in MANIFEST_COLUMNS),
        "source": source.name,
        "status": status,
        "error": error,
        "kind": source.kind,
        "frames": 0,
        "frames_with_face": 0,
        "faces": 0,
        "size_bytes": source.size_bytes,
        "modified_ns": source.modified_ns,
        "part": part,
        "version": attention_mesh.__version__,
    }

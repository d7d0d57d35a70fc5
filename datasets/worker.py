"""Worker: measures the sources of a task and writes their part, in a process of its own or in any other."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterator
from typing import Any

import attention_mesh
from attention_mesh.datasets.arrow import PartWriter, face_batches
from attention_mesh.datasets.columns import MANIFEST_COLUMNS
from attention_mesh.datasets.face_meter import FaceMeter, MeasuredFrame
from attention_mesh.datasets.open_found import open_found
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.plan import Task
from attention_mesh.datasets.sources import FILM, PHOTO, SourceFile
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.media.errors import MediaError
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
        """Measures the sources, writes their part, and returns its manifest.

        A source that cannot be opened has failed, and has no rows. One that ends early keeps the rows before,
        and its status is "cut off".

        Raises:
          TableError: the part cannot be written.
          Exception: something else went wrong, and no part is written.
        """
        writer = PartWriter(self._folder.part_path(task.part), self._options.half)
        try:
            manifest = [self._measure(source, task.part, writer) for source in task.sources]
            writer.commit(manifest)
        except BaseException:
            writer.discard()
            raise
        return manifest

    def fail(self, task: Task, error: str) -> list[dict[str, Any]]:
        """Writes a part without rows, whose manifest says why its sources failed."""
        writer = PartWriter(self._folder.part_path(task.part), self._options.half)
        manifest = [manifest_row(source, task.part, FAILED, error) for source in task.sources]
        writer.commit(manifest)
        return manifest

    def close(self) -> None:
        """Frees the networks."""
        self._meter.close()

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

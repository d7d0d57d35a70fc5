"""TableFolder: a table of faces on a disk or in a bucket. Its parts alone say which sources it holds."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attention_mesh.datasets.arrow import manifest_of_part, read_manifest, write_manifest
from attention_mesh.datasets.bucket_lock import bucket_lock
from attention_mesh.datasets.bucket_path import BucketPath, TablePath, table_path
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.remote_files import in_threads
from attention_mesh.media.files import write_whole
from attention_mesh.models.weights import WeightsError
from attention_mesh.models.weights.cache import LOCK_NAME, locked

_SETTINGS = "dataset.json"
_FORMAT = 1


class TableFolder:
    """The folder of a table.

    ``faces/ab/ab12….parquet`` are the parts: the faces of one long film, of several short ones, or of photos,
    with a manifest of these sources in the file's metadata. A part appears under its name only when it is
    complete. So the parts say what is done, and a run that was killed at any moment goes on from there.
    ``manifest.parquet`` is a copy of all their manifests, for queries; ``dataset.json`` has the options.

    Args:
      path: the folder, or its URL in a bucket; it need not exist.

    Attributes:
      is_listed: whether `manifest_file` had what `manifest` last gave.

    Raises:
      TableError: a file at this URL would not appear whole.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = table_path(path)
        self.faces = self.path / "faces"
        self.manifest_file = self.path / "manifest.parquet"
        self.is_listed = False

    def prepare(self, options: DatasetOptions) -> None:
        """Makes the folder, or checks that its table has the same options.

        Raises:
          TableError: it has others, or the folder cannot be written.
        """
        settings = self.path / _SETTINGS
        if self._asked(settings.exists):
            known = self.options()
            if known != options:
                names = [name for name, value in known.as_dict().items() if value != options.as_dict()[name]]
                differ = ", ".join(f"{name} {known.as_dict()[name]!r}" for name in names)
                raise TableError(
                    f"{self.path}: this table was made with {differ}; give the same, or another folder"
                )
            return
        if self._asked(self._has_other_files):
            raise TableError(f"{self.path}: the folder has other files; give a new or an empty one")
        content = json.dumps({"format": _FORMAT, "options": options.as_dict()}, indent=2) + "\n"
        try:
            if isinstance(settings, BucketPath):
                settings.write_bytes(content.encode())
            else:
                write_whole(settings, content.encode(), make_folder=True)
        except OSError as error:
            raise TableError(
                f"{self.path}: the table cannot be written: {error.strerror or error}"
            ) from error

    def _has_other_files(self) -> bool:
        if isinstance(self.path, BucketPath):
            return any(file.name != LOCK_NAME for file in self.path.files())
        return self.path.is_dir() and any(entry.name != LOCK_NAME for entry in self.path.iterdir())

    def _asked(self, question: Callable[[], bool]) -> bool:
        try:
            return question()
        except OSError as error:
            raise TableError(
                f"{self.path}: the table cannot be looked at: {error.strerror or error}"
            ) from error

    def options(self) -> DatasetOptions:
        """The options of the table. Raises TableError if the folder is no table."""
        settings = self.path / _SETTINGS
        try:
            values = json.loads(settings.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise TableError(f"{self.path} is no table of faces: {settings.name} cannot be read") from error
        if not isinstance(values, dict) or values.get("format") != _FORMAT:
            raise TableError(
                f"{settings}: another version of attention_mesh made this table; give another folder"
            )
        return DatasetOptions.from_dict(values.get("options", {}), str(settings))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other runs away from the table. Raises TableError if one works on it."""
        if isinstance(self.path, BucketPath):
            with bucket_lock(self.path):
                yield
            return
        try:
            with locked(self.path, wait_s=0.0):
                yield
        except WeightsError as error:
            raise TableError(f"{self.path}: another run works on this table") from error

    def part_path(self, name: str) -> TablePath:
        """Where a part is or will be."""
        return self.faces / name[:2] / f"{name}.parquet"

    def parts(self) -> dict[str, TablePath]:
        """The parts, by name. Raises TableError if they cannot be listed."""
        if isinstance(self.faces, BucketPath):
            try:
                return {file.stem: file for file in self.faces.files() if str(file).endswith(".parquet")}
            except OSError as error:
                raise TableError(str(error)) from error
        return {path.stem: path for path in sorted(self.faces.glob("??/*.parquet")) if path.name[0] != "."}

    def manifest(self) -> list[dict[str, Any]]:
        """The manifest rows of all sources, in the order of their names.

        Only parts that the manifest file does not know are opened. Raises TableError if one is damaged.
        """
        parts = self.parts()
        known: dict[str, list[dict[str, Any]]] = {}
        for row in read_manifest(self.manifest_file):
            known.setdefault(row["part"], []).append(row)
        unknown = {name: path for name, path in parts.items() if name not in known}
        known.update(zip(unknown, in_threads(manifest_of_part, unknown.values()), strict=True))
        rows = [row for name in parts for row in known[name]]
        self.is_listed = not unknown and len(known) == len(parts)
        return sorted(rows, key=lambda row: row["source"])

    def write_manifest(self) -> None:
        """Brings the manifest file up to date. Raises TableError."""
        self._write(self.manifest())

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        try:
            write_manifest(self.manifest_file, rows)
        except OSError as error:
            raise TableError(
                f"{self.manifest_file}: it cannot be written: {error.strerror or error}"
            ) from error

    def remove(self, parts: Sequence[str]) -> None:
        """Takes parts out of the table, whose sources are then as new. Raises TableError.

        The manifest file forgets them first: a part that is made again has the same name.
        """
        if not parts:
            return
        self._write([row for row in read_manifest(self.manifest_file) if row["part"] not in parts])
        try:
            for name in parts:
                self.part_path(name).unlink(missing_ok=True)
        except OSError as error:
            raise TableError(f"{self.path}: a part cannot be removed: {error.strerror or error}") from error

    def clean(self) -> None:
        """Removes what killed runs left of parts that they did not finish. Needs the lock."""
        if isinstance(self.faces, BucketPath):
            return  # in a bucket, they are not seen
        for path in self.faces.glob("??/.*.part"):
            path.unlink(missing_ok=True)

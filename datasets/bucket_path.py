"""BucketPath: a file or folder in a bucket, with the methods of a path that a table needs."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.urls import BUCKET_SCHEMES, check_no_password, scheme_of
from attention_mesh.media.network_address import is_url

_T = TypeVar("_T")


class BucketPath:
    """A place in a bucket, such as ``s3://bucket/table``.

    A file appears whole, or in place of another, when its last byte has arrived. Methods raise OSError, whose
    text is one line.

    Args:
      url: of the place; no slash is needed at its end.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def __truediv__(self, name: str) -> BucketPath:
        return BucketPath(f"{self._url}/{name}")

    def __str__(self) -> str:
        return self._url

    def __fspath__(self) -> str:
        return self._url

    @property
    def name(self) -> str:
        """What follows the last slash."""
        return self._url.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return os.path.splitext(self.name)[0]

    def exists(self) -> bool:
        """Whether a file is there."""
        from attention_mesh.datasets.remote_files import file_at

        try:
            return file_at(self._url) is not None
        except TableError as error:
            raise OSError(str(error)) from error

    def files(self) -> Iterator[BucketPath]:
        """The files in the folder and all folders in it."""
        from attention_mesh.datasets.remote_files import files_below

        try:
            for file in files_below(self._url):
                yield BucketPath(file.url)
        except TableError as error:
            raise OSError(str(error)) from error

    def open(self) -> Any:
        """The file, opened by pyarrow to be read."""
        return self._call(lambda system, path: system.open_input_file(path))

    def read_text(self, encoding: str = "utf-8") -> str:
        """The content of the file."""
        with self.open() as file:
            return str(file.read().decode(encoding))

    def write_bytes(self, content: bytes) -> None:
        """Writes a file whole."""
        self._call(lambda system, path: _write(system, path, content))

    def upload(self, file: IO[bytes]) -> None:
        """Writes the content of an open file on a disk, which takes no memory."""
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._call(lambda system, path: _write(system, path, content))

    def unlink(self, missing_ok: bool = False) -> None:
        """Removes the file."""
        try:
            self._call(lambda system, path: system.delete_file(path))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def _call(self, action: Callable[[Any, str], _T]) -> _T:
        from attention_mesh.datasets.remote_files import file_system, reason_of

        try:
            system, path = file_system(self._url)
            return action(system, path)
        except FileNotFoundError:
            raise
        except Exception as error:  # of pyarrow, whose texts are long
            raise OSError(reason_of(error)) from error


TablePath: TypeAlias = Path | BucketPath


def table_path(place: str | os.PathLike[str]) -> TablePath:
    """The path of a table's folder.

    Raises:
      TableError: the URL has a password, or a file does not appear whole on this server.
    """
    if isinstance(place, BucketPath):
        return place
    text = os.fspath(place)
    if not is_url(text) or os.path.isdir(text):
        return Path(place)
    check_no_password(text)
    if scheme_of(text) not in BUCKET_SCHEMES:
        raise TableError(
            f"{text}: a table can be in a folder, or in a bucket ({', '.join(sorted(BUCKET_SCHEMES))})"
        )
    return BucketPath(text)


def _write(system: Any, path: str, content: Any) -> None:
    # In one call: pyarrow ends a file that is left half-written, and it would be in the bucket so.
    with system.open_output_stream(path) as stream:
        stream.write(content)

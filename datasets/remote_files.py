"""Files on servers and in archives: whatever pyarrow's or fsspec's file systems open, by URL."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from attention_mesh.datasets.block_file import Blocks
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.urls import BUCKET_SCHEMES, check_no_password, scheme_of
from attention_mesh.extras import MissingExtraError, install_command

try:
    import pyarrow.fs
except ImportError as error:
    raise MissingExtraError(f"files on servers need pyarrow: {install_command('datasets')}") from error

_PYARROW_SCHEMES = BUCKET_SCHEMES | {"hdfs", "viewfs"}
GOOGLE_RETRY_S = 60
"""How long a request to Google's store is tried again; pyarrow tries for a quarter of an hour."""

_ANSWERS = 32  # that are waited for at once
_LONGEST_REASON = 300

# What servers say -> what it means.
_MEANINGS = (
    ("NO_SUCH_BUCKET", "there is no such bucket"),
    ("NO_SUCH_KEY", "there is no such file"),
    ("Path does not exist", "there is no such file"),
    ("ACCESS_DENIED", "permission denied; are the credentials right?"),
    ("INVALID_ACCESS_KEY_ID", "the server does not know the access key"),
    ("SIGNATURE_DOES_NOT_MATCH", "the secret key is wrong"),
    ("EXPIRED_TOKEN", "the credentials have expired"),
    ("HTTP status code 403", "permission denied; are the credentials right?"),
    ("NETWORK_CONNECTION", "the server cannot be reached"),
    ("Could not create a OAuth2 access token", "there are no credentials for Google Cloud"),
    ("Failed to get token from DefaultAzureCredential", "there are no credentials for Azure"),
    ("Could not resolve hostname", "the server cannot be reached"),
    ("Could not connect to server", "the server cannot be reached"),
)

_T = TypeVar("_T")
_R = TypeVar("_R")


class RemoteFile(NamedTuple):
    """A file: its URL, its size in bytes and the time of its change in ns since 1970; -1 if unknown."""

    url: str
    size_bytes: int
    modified_ns: int


def reason_of(error: BaseException) -> str:
    """What a file system's error says, in one short line."""
    text = " ".join(str(error).split())
    for mark, meaning in _MEANINGS:
        if mark in text:
            return meaning
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    text = getattr(error, "strerror", None) or re.sub(r" \(Request ID.*?\)|\. Detail: .*", "", text)
    return text[:_LONGEST_REASON] or type(error).__name__


def remote_blocks(url: str, block_bytes: int) -> Blocks:
    """A file to read from by ranges. Raises OSError whose text is one line."""
    try:
        system, path = file_system(url)
        file = system.open_input_file(path)
        size = file.size()
    except TableError as error:
        raise OSError(str(error)) from error
    except Exception as error:  # those of fsspec's packages have any class
        raise OSError(reason_of(error)) from error

    def read_at(at: int, count: int) -> bytes:
        try:
            return bytes(file.read_at(count, at))
        except Exception as error:
            raise OSError(reason_of(error)) from error

    blocks = Blocks(read_at, size, file.close, block_bytes)
    blocks.system = system  # whose end would close an archive
    return blocks


def file_at(url: str) -> RemoteFile | None:
    """The file at a URL; None if there is none, or a folder. Raises TableError."""
    system, path = file_system(url)
    with _told_of(url):
        (info,) = system.get_file_info([path])
    return _file(url, info) if info.type == pyarrow.fs.FileType.File else None


def files_at(urls: Sequence[str]) -> list[RemoteFile]:
    """The files at URLs, in their order; one that is not there, or may not be seen, has the size -1."""

    def look(url: str) -> RemoteFile:
        try:
            found = file_at(url)
        except TableError:
            found = None
        return found or RemoteFile(url, -1, -1)

    return in_threads(look, urls)


def files_below(url: str) -> Iterator[RemoteFile]:
    """The files in a folder and all folders in it; none if it is not there. Raises TableError."""
    system, path = file_system(url)
    with _told_of(url):
        infos = system.get_file_info(
            pyarrow.fs.FileSelector(path.rstrip("/"), recursive=True, allow_not_found=True)
        )
        if not infos and scheme_of(url) in BUCKET_SCHEMES:
            (bucket,) = system.get_file_info([path.partition("/")[0]])
            if bucket.type == pyarrow.fs.FileType.NotFound:
                raise OSError("there is no such bucket")
    head, chain, rest = url.partition("::")  # fsspec's zip://folder::file.zip
    head = head if head.endswith("://") else head.rstrip("/") + "/"
    for info in infos:
        if info.type == pyarrow.fs.FileType.File:
            below = info.path.lstrip("/")[len(path.strip("/")) :].lstrip("/")
            yield _file(head + below + chain + rest, info)


def in_threads(function: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
    """What a function that waits for a server gives for each item."""
    with ThreadPoolExecutor(_ANSWERS, "attention-mesh server") as pool:
        return list(pool.map(function, items))


def file_system(url: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system of a URL, and the path in it. Raises TableError."""
    check_no_password(url)
    scheme = scheme_of(url)
    with _told_of(url):
        if scheme not in _PYARROW_SCHEMES:
            return _of_fsspec(url)
        authority, _, key = url[len(scheme) + 3 :].partition("/")
        if not authority:
            raise OSError("it names no bucket; expected one, such as s3://bucket/folder")
        system, base = _of_pyarrow(scheme, authority)
        return system, f"{base.rstrip('/')}/{key}" if key else base


@functools.lru_cache(maxsize=64)
def _of_pyarrow(scheme: str, authority: str) -> tuple[pyarrow.fs.FileSystem, str]:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    options = f"?endpoint_override={quote(endpoint, safe='')}" if scheme == "s3" and endpoint else ""
    if scheme in ("gs", "gcs"):
        options = f"?retry_limit_seconds={GOOGLE_RETRY_S}"
    return pyarrow.fs.FileSystem.from_uri(f"{scheme}://{authority}/{options}")


def _of_fsspec(url: str) -> tuple[pyarrow.fs.FileSystem, str]:
    try:
        import fsspec.core
    except ImportError as error:
        raise MissingExtraError(f"{url}: this needs fsspec: {install_command('fsspec')}") from error
    system, path = fsspec.core.url_to_fs(url)
    return pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(system)), path


@contextlib.contextmanager
def _told_of(url: str) -> Iterator[None]:
    """Turns whatever a file system raises into a TableError that names a URL."""
    try:
        yield
    except (TableError, MissingExtraError):
        raise
    except Exception as error:  # those of fsspec's packages have any class
        raise TableError(f"{url}: {reason_of(error)}") from error


def _file(url: str, info: pyarrow.fs.FileInfo) -> RemoteFile:
    modified = info.mtime_ns
    return RemoteFile(url, -1 if info.size is None else info.size, -1 if modified is None else modified)

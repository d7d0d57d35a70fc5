"""Sources of a dataset: films and photos in folders, shards and lists, on disks and on servers."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from attention_mesh.datasets.block_file import block_file
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.open_blocks import open_blocks
from attention_mesh.datasets.patterns import alternatives, fixed_part, is_pattern, matcher
from attention_mesh.datasets.source_list import LIST_SUFFIXES, entries
from attention_mesh.datasets.tar_shard import SHARD_END, SHARD_SUFFIX, members
from attention_mesh.datasets.urls import check_no_password, is_remote
from attention_mesh.media.image_format import is_image_path
from attention_mesh.media.network_address import is_url

if TYPE_CHECKING:
    from attention_mesh.datasets.remote_files import RemoteFile

FILM, PHOTO = "film", "photo"

FILM_SUFFIXES = frozenset(
    ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .vob .webm .wmv .y4m".split()
)

_ESCAPED_BYTE = re.compile(r"\\udc([89a-f][0-9a-f])")


@dataclass(frozen=True)
class SourceFile:
    """A film or photo.

    Attributes:
      address: its absolute path; its URL; or, in a shard, the shard's path or URL, a slash, and the member's
        name.
      kind: "film" or "photo", by its suffix.
      size_bytes, modified_ns: of the file, by which a change is seen; -1 if unknown. Of a member of a shard,
        the size is its own, and the time is the shard's.
      shard, offset: the path or URL of its shard, and where it begins in it, in bytes; else None and -1.
      problem: why it will fail without being opened; None for most.
    """

    address: str
    kind: str
    size_bytes: int = -1
    modified_ns: int = -1
    shard: str | None = None
    offset: int = -1
    problem: str | None = None

    @property
    def name(self) -> str:
        """The address as a table has it, see `table_text`."""
        return table_text(self.address)


def table_text(address: str) -> str:
    """An address as text that a table can hold: a byte that is not UTF-8 becomes ``\\udcff``."""
    return address.encode("utf-8", "backslashreplace").decode("utf-8")


def find_sources(text: str) -> list[SourceFile]:
    """The films and photos that a text names, in the order of their names; each once.

    Args:
      text: a folder, which is searched with all folders in it, by the suffixes of the files; a film or photo;
        a tar file, whose members are searched in the same way; a pattern such as ``films/*/front.mp4`` or
        ``shards/{000..012}.tar``; the URL of one of these, or of a film that FFmpeg opens; or a list: a text
        file with an address per line, or a CSV or Parquet table with a column source, path, file or url.
        Relative paths in a list start at its folder.

    Raises:
      TableError: nothing is there, it may not be seen, or the list cannot be read or names a file that is
        missing. A file that a list names on a server, and a damaged shard, are sources, and fail later.
    """
    text = _without_file_scheme(text)
    if is_url(text) and not os.path.exists(text):
        found = _at_url(text)
    else:
        found = _at_path(text)
    if not found:
        raise TableError(
            f"{text}: no film or photo is there; expected a folder, a file, a pattern, a URL or a list"
        )
    return sorted({source.address: source for source in found}.values(), key=lambda source: source.address)


def sources_of_rows(rows: Iterable[Mapping[str, Any]]) -> list[SourceFile]:
    """The sources of manifest rows: as they are now or, those that are no longer there, as they were.

    A row of a shard that was damaged stands for all of its members, if it can be read now.
    """
    found: list[SourceFile] = []
    on_servers: dict[str, Mapping[str, Any]] = {}
    in_shards: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if (shard := _shard_of(row["source"])) is not None:
            in_shards.setdefault(shard, []).append(row)
        elif (path := _existing(row["source"])) is not None:
            found.append(_of_file(path))
        elif is_remote(row["source"]):
            on_servers[row["source"]] = row
        else:
            found.append(_as_it_was(row))
    if on_servers:
        from attention_mesh.datasets.remote_files import files_at

        for file in files_at(list(on_servers)):
            found.append(_of_remote(file) if file.size_bytes >= 0 else _as_it_was(on_servers[file.url]))
    for shard, wanted in in_shards.items():
        now = {source.name: source for source in _in_shards_named([shard])}
        if any(row["source"] == table_text(shard) for row in wanted):
            found += now.values()
        else:
            found += [now.get(row["source"]) or _as_it_was(row) for row in wanted]
    return found


def source_at(address: str) -> SourceFile:
    """The source at an address as `SourceFile` has it. What is not there is a source, too, but not opened."""
    shard = _shard_of(address)
    if shard is not None:
        names = {address} if is_url(address) else {address, os.path.abspath(address)}
        for source in reversed(_in_shards_named([shard])):  # the last of two with one name counts
            if source.address in names or source.name in names:
                return source
    elif (path := _existing(address)) is not None:
        return _of_file(path)
    return SourceFile(address, _kind_of(address))


def _without_file_scheme(text: str) -> str:
    return url2pathname(urlsplit(text).path) if text.lower().startswith("file://") else text


def _as_it_was(row: Mapping[str, Any]) -> SourceFile:
    return SourceFile(row["source"], row["kind"], row["size_bytes"], row["modified_ns"])


def _existing(name: str) -> str | None:
    """The path of a file by its name in a table; None if there is no such file."""
    if os.path.isfile(name):
        return name
    if os.name == "posix" and _ESCAPED_BYTE.search(name):
        path = _ESCAPED_BYTE.sub(lambda byte: chr(0xDC00 + int(byte[1], 16)), name)
        return path if os.path.isfile(path) else None
    return None


def _shard_of(name: str) -> str | None:
    """The shard that a name in a table lies in, or is; None if it lies in none."""
    for part in SHARD_END.finditer(name):
        shard = name[: part.end()]
        if is_url(shard):
            return shard
        if (path := _existing(shard)) is not None:
            return path
    return None


def _is_source(address: str) -> bool:
    """Whether a file that was found, and not named, is a film, photo or shard."""
    name = _path_of(address).rpartition("/")[2]
    suffix = os.path.splitext(name)[1].lower()
    return not name.startswith(".") and (
        suffix in FILM_SUFFIXES or suffix == SHARD_SUFFIX or is_image_path(name)
    )


def _path_of(address: str) -> str:
    """An address without what may follow its path: the archive of a file in one, or the query of a URL."""
    return address.partition("::")[0].partition("?")[0] if is_url(address) else address


def _kind_of(address: str) -> str:
    return PHOTO if is_image_path(_path_of(address)) else FILM


def _at_path(text: str) -> list[SourceFile]:
    path = Path(text)
    if path.is_dir():
        return _with_members(_in_folder(path))
    if path.suffix.lower() in LIST_SUFFIXES and path.is_file():
        return _of_entries(list(entries(text)), text)
    if path.exists():
        return _with_members([_of_file(path)])
    found = []
    for name in alternatives(text):
        if glob.has_magic(name):
            found += [
                _of_file(Path(match)) for match in glob.iglob(name, recursive=True) if os.path.isfile(match)
            ]
        elif os.path.isfile(name):
            found.append(_of_file(name))
        elif name != text:
            raise TableError(f"{text}: it stands for {name}, and there is no such file")
    return _with_members(found)


def _in_folder(folder: Path) -> list[SourceFile]:
    found = []
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in files:
            if _is_source(name):
                path = os.path.join(parent, name)
                with contextlib.suppress(OSError):  # a link to nothing, or a file that has just gone
                    status = os.stat(path)
                    if stat.S_ISREG(status.st_mode):
                        found.append(_of_file(path, status))
    return found


def _at_url(url: str) -> list[SourceFile]:
    check_no_password(url)
    if not is_remote(url):
        return [_of_other_url(url)]
    from attention_mesh.datasets.remote_files import file_at, files_below

    found: list[RemoteFile] = []
    missing: list[SourceFile] = []
    for name in alternatives(url):
        if is_pattern(name):
            matches = matcher(name)
            found += [file for file in files_below(fixed_part(name)) if matches(file.url)]
        elif (file := file_at(name)) is None:
            below = [file for file in files_below(name) if _is_source(file.url)]
            found += below
            missing += [_of_other_url(name)] if name != url and not below else []
        elif Path(_path_of(name)).suffix.lower() in LIST_SUFFIXES:
            with block_file(open_blocks(name)) as opened:
                return _of_entries(list(entries(name, opened)), name)
        else:
            found.append(file)
    return [*_with_members([_of_remote(file) for file in found]), *missing]


def _of_entries(listed: Sequence[str], where: str) -> list[SourceFile]:
    """The sources that a list names; `where` is its path or URL."""
    folder = where.rpartition("/")[0] if is_url(where) else None
    urls: list[str] = []
    found: list[SourceFile] = []
    for entry in listed if folder is not None else map(_without_file_scheme, listed):
        if is_url(entry):
            check_no_password(entry)
            urls.append(entry)
        elif folder is not None:
            urls.append(f"{folder}/{entry}")
        else:
            path = Path(where).parent / entry
            if not path.is_file():
                raise TableError(f"{where}: it names {entry}, and there is no such file")
            found.append(_of_file(path))
    remote = [url for url in urls if is_remote(url)]
    if remote:
        from attention_mesh.datasets.remote_files import files_at

        found += [_of_remote(file) for file in files_at(remote)]
    found += [_of_other_url(url) for url in urls if not is_remote(url)]
    return _with_members(found)


def _with_members(found: Iterable[SourceFile]) -> list[SourceFile]:
    """The sources, with their members in place of shards."""
    shards: list[SourceFile] = []
    others: list[SourceFile] = []
    for source in found:
        (shards if source.address.lower().endswith(SHARD_SUFFIX) else others).append(source)
    return [*others, *_in_shards(shards)]


def _in_shards_named(addresses: Sequence[str]) -> list[SourceFile]:
    shards = []
    for address in addresses:
        if is_url(address):
            from attention_mesh.datasets.remote_files import files_at

            shards += [_of_remote(file) for file in files_at([address])]
        else:
            shards.append(_of_file(address))
    return _in_shards(shards)


def _in_shards(shards: Sequence[SourceFile]) -> list[SourceFile]:
    found = [source for shard in shards if not is_url(shard.address) for source in _in_shard(shard)]
    remote = [shard for shard in shards if is_url(shard.address)]
    if remote:
        from attention_mesh.datasets.remote_files import in_threads

        found += [source for sources in in_threads(_in_shard, remote) for source in sources]
    return found


def _in_shard(shard: SourceFile) -> list[SourceFile]:
    """The films and photos in a shard; last, the shard itself if something is wrong with it."""
    found = []
    try:
        with open_blocks(shard.address, for_headers=True) as blocks:
            for member in members(blocks):
                name = member.name.removeprefix("./")
                if _is_source(name) and not name.lower().endswith(SHARD_SUFFIX):
                    found.append(
                        SourceFile(
                            f"{shard.address}/{name}",
                            _kind_of(name),
                            member.size,
                            shard.modified_ns,
                            shard.address,
                            member.offset,
                            member.problem,
                        )
                    )
    except OSError as error:
        reason = error.strerror or str(error)
        found.append(replace(shard, problem=f"the shard cannot be read: {reason}"))
    return found


def _of_other_url(url: str) -> SourceFile:
    return SourceFile(url, _kind_of(url))


def _of_remote(file: RemoteFile) -> SourceFile:
    return SourceFile(file.url, _kind_of(file.url), file.size_bytes, file.modified_ns)


def _of_file(path: str | os.PathLike[str], status: os.stat_result | None = None) -> SourceFile:
    status = status or os.stat(path)
    return SourceFile(os.path.abspath(path), _kind_of(os.fspath(path)), status.st_size, status.st_mtime_ns)

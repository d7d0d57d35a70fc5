"""Tar shards, such as WebDataset's: which films and photos lie in one, and where. Nothing is unpacked."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import NamedTuple

from attention_mesh.datasets.block_file import Blocks

SHARD_SUFFIX = ".tar"

SHARD_END = re.compile(re.escape(SHARD_SUFFIX) + r"(?=/|$|\?)", re.IGNORECASE)
"""Where the path of a shard may end in an address."""

COMPRESSED_SHARD_END = re.compile(r"\.(tar\.(gz|bz2|xz|zst|lz4)|tgz|tbz2|txz)$", re.IGNORECASE)
"""How addresses of compressed shards end, which cannot be read by ranges."""

MOST_MEMBERS = 1_000_000
"""So many files of a shard are looked at."""

_MOST_HEADER_BYTES = 1 << 20  # of one long name, and of one header with more facts
_MOST_NAME_LETTERS = 1024
_HOLES = "GNU.sparse"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RECORD = re.compile(rb"(\d{1,7}) ([^=]{1,64})=")
_LONG_NAMES, _FACTS, _FACTS_OF_ALL = b"L", b"x", b"g"
_LONG_LINK, _SPARSE, _SOLARIS_FACTS = b"K", b"S", b"X"


class Member(NamedTuple):
    """A file in a shard.

    Attributes:
      name: as the shard has it.
      offset, size: of its content, in bytes.
      problem: why it may not be read; None if it may.
    """

    name: str
    offset: int
    size: int
    problem: str | None


class ShardError(OSError):
    """A shard is damaged, cut off, or has too much in it; the members before are good."""


def members(blocks: Blocks) -> Iterator[Member]:
    """Yields the files of a shard, links included, and no folders.

    Only headers are read. Sizes are those that the shard declares; a member that does not fit in the file, a
    link, a file with holes, and a name that leads elsewhere are problems of that member.

    Raises:
      ShardError: the shard is no tar, or cannot be read further.
      OSError: the file cannot be read.
    """
    at, count, is_ended = 0, 0, False
    facts: dict[str, bytes] = {}
    while at + tarfile.BLOCKSIZE <= blocks.size:
        head = blocks.read(at, tarfile.BLOCKSIZE)
        if not head.strip(b"\0"):
            is_ended = True
            break
        try:
            info = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            what = f"it is damaged after {count} files" if at else "it is no tar file"
            raise ShardError(f"{what} ({error})") from error
        size = info.size
        try:
            size = int(facts.get("size", size))
        except ValueError:
            size = -1
        content = at + tarfile.BLOCKSIZE
        if min(size, info.size) < 0:
            raise ShardError(f"it is damaged after {count} files (a size is no number)")
        if info.type in (_LONG_NAMES, _LONG_LINK, _FACTS, _FACTS_OF_ALL, _SOLARIS_FACTS):
            size = info.size
            if size > _MOST_HEADER_BYTES:
                raise ShardError(f"after {count} files, a header declares {size} bytes")
            _take_facts(info.type, blocks.read(content, size), facts)
        else:
            count += 1
            if count > MOST_MEMBERS:
                raise ShardError(f"it has more than the {MOST_MEMBERS} files that are looked at")
            has_content = info.isreg()  # or has holes
            if not info.isdir():
                yield _member(info, facts, content, size, blocks.size)
            size = size if has_content else 0
            facts = {}
        at = content + -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    if not is_ended and at != blocks.size:  # a file without the end's mark is usual
        raise ShardError(f"it is cut off after {count} files")
    if not blocks.size:
        raise ShardError("the file is empty (0 bytes)")


def _member(info: tarfile.TarInfo, facts: dict[str, bytes], offset: int, size: int, end: int) -> Member:
    raw = facts.get("path")
    name = info.name if raw is None else raw.rstrip(b"\0").decode("utf-8", "surrogateescape")
    problem = None
    if not info.isreg() or info.type == _SPARSE or _HOLES in facts:
        problem = "it is a link, has holes, or is no file; shards may have plain files only"
        size = 0
    elif offset + size > end:
        problem = f"the shard ends in it: it declares {size} bytes, and {max(0, end - offset)} are there"
    elif name.startswith("/") or ".." in re.split(r"[/\\]", name):
        problem = "its name leads out of the shard"
    elif len(name) > _MOST_NAME_LETTERS or _CONTROL.search(name):
        problem = f"its name has control characters, or more than {_MOST_NAME_LETTERS} letters"
    name = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", name[:_MOST_NAME_LETTERS])
    return Member(name, offset, size, problem)


def _take_facts(kind: bytes, content: bytes, facts: dict[str, bytes]) -> None:
    """Adds what a header says of the next member: its name, its size, whether it has holes."""
    if kind == _LONG_NAMES:
        facts["path"] = content
    if kind not in (_FACTS, _SOLARIS_FACTS):
        return
    at = 0
    while (record := _RECORD.match(content, at)) is not None:  # POSIX pax: "length key=value\n"
        end = at + int(record[1])
        if end <= record.end():
            return
        name = record[2].decode("utf-8", "replace")
        name = _HOLES if name.startswith(_HOLES) else name
        if name in ("path", "size", _HOLES):  # not more: headers without end would fill the memory
            facts[name] = content[record.end() : end - 1]
        at = end

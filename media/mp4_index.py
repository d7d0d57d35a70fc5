"""Moves the index of an MP4 or MOV file to its beginning, for players that read a film from a server."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attention_mesh.media.files import free_bytes

# The boxes on the way to the tables of offsets, and the tables with their offsets' bytes (ISO/IEC 14496-12).
_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_TABLES = {b"stco": 4, b"co64": 8}
_MOST_INDEX_BYTES = 512 * 1024 * 1024  # a day of pictures has 60 MiB
_ROOM_LEFT_BYTES = 16 * 1024 * 1024


def move_index_to_front(path: Path) -> bool:
    """Moves the index (box `moov`) of a whole film in front of its pictures.

    The film is copied to a temporary file beside it, which takes its place; so it plays at any moment. It
    stays as it is if the disk has no room for both, if its index lies in front already, or if the file cannot
    be replaced.

    Args:
      path: of a regular file, or of a link to one.

    Returns:
      Whether the index is in front.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{os.urandom(16).hex()}.part")
    try:
        with target.open("rb") as film:
            found = list(boxes(film, 0, target.stat().st_size))
            kinds = [kind for kind, _, _ in found]
            if b"moov" not in kinds or b"mdat" not in kinds:
                return False
            if kinds.index(b"moov") < kinds.index(b"mdat"):
                return True
            free = free_bytes(target)
            if free is not None and free < target.stat().st_size + _ROOM_LEFT_BYTES:
                return False
            with temporary.open("xb") as copy:
                if not _copy_in_order(film, copy, found):
                    return False
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
        return True
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind, start and size in bytes of each box between two places of a file."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:  # a size of eight bytes follows
            size = int.from_bytes(head[8:16], "big")
        if size < 8 or start + size > end:
            return
        yield head[4:8], start, size
        start += size


def _copy_in_order(film: BinaryIO, copy: BinaryIO, found: list[tuple[bytes, int, int]]) -> bool:
    """Writes the type of the film, its index and the rest; False if an offset does not fit its table."""
    index = next(box for box in found if box[0] == b"moov")
    if index[2] > _MOST_INDEX_BYTES or found[-1] != index:
        return False
    film.seek(index[1])
    content = bytearray(film.read(index[2]))
    first = next((start for kind, start, _ in found if kind != b"ftyp"), 0)
    if not _shift_offsets(content, 0, len(content), len(content)):
        return False
    film.seek(0)
    copy.write(film.read(first))
    copy.write(content)
    left = index[1] - first
    while left:
        piece = film.read(min(left, 1 << 20))
        if not piece:
            return False
        copy.write(piece)
        left -= len(piece)
    return True


def _shift_offsets(content: bytearray, start: int, end: int, shift: int) -> bool:
    """Adds to every offset of a chunk between two places of an index; False if one becomes too large."""
    while start + 8 <= end:
        size, kind = int.from_bytes(content[start : start + 4], "big"), bytes(content[start + 4 : start + 8])
        if size < 8 or start + size > end:
            return False
        if kind in _PARENTS and not _shift_offsets(content, start + 8, start + size, shift):
            return False
        if kind in _TABLES:
            width = _TABLES[kind]
            count = int.from_bytes(content[start + 12 : start + 16], "big")
            for at in range(start + 16, start + 16 + count * width, width):
                offset = int.from_bytes(content[at : at + width], "big") + shift
                if at + width > start + size or offset >= 1 << 8 * width:
                    return False
                content[at : at + width] = offset.to_bytes(width, "big")
        start += size
    return True

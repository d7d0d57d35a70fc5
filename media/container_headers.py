"""Headers of video containers: the playing time of MP4 files, the size of AVI and Matroska files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_HEAD_BYTES = 4096
_RIFF, _EBML, _SEGMENT = b"RIFF", b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def declared_bytes(path: Path) -> int | None:
    """The smallest size, in bytes, that an AVI or Matroska file has by its own header; None for other files.

    An AVI file above a gigabyte has several parts, of which the header counts the first. Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_RIFF):
        return 8 + int.from_bytes(head[4:8], "little")
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if not head.startswith(_EBML) or at < len(_SEGMENT) or not head[at : at + 1].strip(b"\0"):
        return None
    # The leading zeros of the number tell how many bytes it has; all ones mean that it is unknown.
    length = 9 - head[at].bit_length()
    size = int.from_bytes(head[at : at + length], "big") - (1 << 7 * length)
    return None if size == (1 << 7 * length) - 1 else at + length + size


def mp4_duration_s(path: str | os.PathLike[str]) -> float | None:
    """The duration in the header of an MP4, MOV or M4V file, in seconds, with edit lists applied.

    OpenCV counts the stored samples instead, and a file trimmed by an edit list stores more than it plays.
    The result is None if the file has another format, announces no duration, or is a pipe. Boxes are those of
    ISO/IEC 14496-12.
    """
    if not Path(path).is_file():  # opening a pipe would wait, and take what was meant for the decoder
        return None
    try:
        with Path(path).open("rb") as file:
            end = os.fstat(file.fileno()).st_size
            if _find(file, b"ftyp", 0, end) is None or (moov := _find(file, b"moov", 0, end)) is None:
                return None
            mvhd = _find(file, b"mvhd", *moov)
            if mvhd is None:
                return None
            file.seek(mvhd[0])
            header = file.read(32)
    except OSError:
        return None
    if len(header) < 32:
        return None
    wide = header[0] == 1  # version 1: 64-bit times
    scale, ticks = (header[20:24], header[24:32]) if wide else (header[12:16], header[16:20])
    timescale, duration = int.from_bytes(scale, "big"), int.from_bytes(ticks, "big")
    unknown = (1 << (8 * len(ticks))) - 1
    return duration / timescale if timescale and 0 < duration < unknown else None


def _find(file: BinaryIO, kind: bytes, start: int, end: int) -> tuple[int, int] | None:
    """(start, end) of the content of the first box of a kind between two positions."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        size, content = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:  # the real size follows
            size, content = int.from_bytes(head[8:16], "big"), start + 16
        if size == 0:  # to the end
            size = end - start
        if size < 8:
            return None
        if head[4:8] == kind:
            return content, start + size
        start += size
    return None

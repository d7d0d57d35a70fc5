"""The playing time an MP4 file announces, which OpenCV does not tell."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO


def mp4_duration_s(path: str | os.PathLike[str]) -> float | None:
    """Seconds a player shows of an MP4, MOV or M4V file: its movie header's duration, edit lists applied.

    OpenCV counts the stored samples instead, and a file trimmed by an edit list stores more than it plays.
    None where the file is of another format, announces no duration, or is a pipe.
    Boxes as in ISO/IEC 14496-12.
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

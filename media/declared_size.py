"""How large a video file says it is."""

from __future__ import annotations

from pathlib import Path

_HEAD_BYTES = 4096
_RIFF, _EBML, _SEGMENT = b"RIFF", b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def declared_bytes(path: Path) -> int | None:
    """Where an AVI or Matroska file should end at the least, by its own header; None for other files.

    Of an AVI file above a gigabyte that is its first part. Raises OSError where it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_RIFF):
        return 8 + int.from_bytes(head[4:8], "little")
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if not head.startswith(_EBML) or at < len(_SEGMENT) or not head[at : at + 1].strip(b"\0"):
        return None
    # A number whose leading zeros tell how many bytes it has; all ones mean that nobody knows it.
    length = 9 - head[at].bit_length()
    size = int.from_bytes(head[at : at + length], "big") - (1 << 7 * length)
    return None if size == (1 << 7 * length) - 1 else at + length + size

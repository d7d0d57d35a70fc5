"""Limits of what is read: the pixels of a picture, the bytes of a file. Every room may import this module."""

from __future__ import annotations

import errno
import functools
import os
import stat
from typing import Any

from attention_mesh.errors import AttentionMeshError

MAX_PIXELS_VARIABLE = "ATTENTION_MESH_MAX_PIXELS"
"""The environment variable that sets how many pixels a picture may have. It is read once."""

DEFAULT_MAX_PIXELS = 250_000_000
"""The largest cameras have 200 million pixels. Reading such a picture takes up to 3 GB."""

MOST_PIXELS = 500_000_000
"""The highest value of the variable: OpenCV counts the bytes of a picture of four channels in 31 bits."""

MAX_SIDE_PX = 32_766
"""The longest side of a picture: OpenCV counts the pixels of a row or column in 15 bits when it warps."""

MAX_FILE_BYTES = 2_000_000_000
"""The largest file that is read whole: photos. Films are read in parts, and have no limit."""

MAX_MODEL_BYTES = 256_000_000
"""The largest network, in a file of its own or in an archive. The official ones have up to 5 MB."""

MAX_TEXT_BYTES = 64_000_000
"""The largest graph, text, or file of settings. The built-in graphs have up to 40 KB."""


_PART_BYTES = 1 << 16


class LimitError(AttentionMeshError, ValueError):
    """A picture is larger than the limit, or the limit is set to something that it cannot be."""


@functools.cache
def max_pixels() -> int:
    """How many pixels a picture may have: `DEFAULT_MAX_PIXELS`, or what the environment variable says.

    Raises:
      LimitError: the variable is no whole number from 1 to `MOST_PIXELS`.
    """
    text = os.environ.get(MAX_PIXELS_VARIABLE)
    if not text:
        return DEFAULT_MAX_PIXELS
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PIXELS:
        raise LimitError(
            f"{MAX_PIXELS_VARIABLE} is {text!r}; expected how many pixels a picture may have, a whole number "
            f"from 1 to {MOST_PIXELS}"
        )
    return int(text)


def size_problem(width: int, height: int) -> str:
    """Says why a picture of this size, in pixels, is refused; empty if it is not.

    Raises LimitError, as `max_pixels` does.
    """
    if width * height > max_pixels():
        hint = (
            f"scale it down, or set {MAX_PIXELS_VARIABLE}"
            if width * height <= MOST_PIXELS
            else "scale it down"
        )
        return f"{width}x{height} are more than the {max_pixels()} pixels that a picture may have; {hint}"
    if max(width, height) > MAX_SIDE_PX:
        return f"{width}x{height} is longer than the {MAX_SIDE_PX} pixels that a side may have; cut it up"
    return ""


def check_size(width: int, height: int, what: str) -> None:
    """Raises LimitError, which calls the picture `what`, for a size in pixels that `size_problem` refuses."""
    problem = size_problem(width, height)
    if problem:
        raise LimitError(f"{what} is too large: {problem}")


def read_file(path: str | os.PathLike[str], most_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Reads a whole regular file; a pipe, which would be waited for, and a device are refused.

    Raises:
      OSError: it cannot be read, is no regular file, or has more than `most_bytes`; `strerror` says so.
    """
    name = os.fspath(path)
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise _refused(errno.EISDIR if os.path.isdir(path) else errno.EINVAL, name)
    with open(path, "rb", opener=_open_without_waiting) as file:
        status = os.fstat(file.fileno())  # of what was opened, should another file have taken its place
        if not stat.S_ISREG(status.st_mode):
            raise _refused(errno.EINVAL, name)
        parts: list[bytes] = []
        left = most_bytes - status.st_size
        part_bytes = max(status.st_size, _PART_BYTES)  # some file systems say 0 for what they do not know
        while left >= 0 and (part := file.read(part_bytes)):
            parts.append(part)
            left = most_bytes - sum(map(len, parts))
        if left < 0:
            raise OSError(errno.EFBIG, f"the file has more than the {most_bytes} bytes that are read", name)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def read_text_file(path: str | os.PathLike[str]) -> str:
    """Reads a regular file of UTF-8 text of at most `MAX_TEXT_BYTES`.

    Raises:
      OSError: as `read_file`.
      UnicodeDecodeError: it is no UTF-8.
    """
    return read_file(path, MAX_TEXT_BYTES).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _open_without_waiting(path: Any, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refused(code: int, name: str) -> OSError:
    return OSError(code, os.strerror(code) if code == errno.EISDIR else "this is no regular file", name)

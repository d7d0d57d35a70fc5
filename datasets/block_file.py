"""Blocks: a file that is read by ranges, from a server or a shard, as an open file that can jump."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import BinaryIO, cast

BLOCK_BYTES = 4 << 20
"""A server answers after some 30 ms, in which it could also send some megabytes."""

_MOST_BLOCKS = 8  # a film whose sound lies behind its pictures jumps between two places; an index is a third


class Blocks:
    """The bytes of a file in blocks, of which the latest are kept. One thread at a time may read.

    It is closed when the last who holds it has released it; a context manager is one who holds it.

    Args:
      read_at: reads so many bytes (second argument) from a place; less only at the end. Raises OSError.
      size: of the file, in bytes.
      close: closes the file.
      block_bytes: what is read at once.

    Attributes:
      system: what has to live as long as the file.
    """

    def __init__(
        self,
        read_at: Callable[[int, int], bytes],
        size: int,
        close: Callable[[], object],
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.size = size
        self.system: object = None
        self._read_at, self._close = read_at, close
        self._holders = 0
        self._block_bytes = block_bytes
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def read(self, at: int, count: int) -> bytes:
        """So many bytes from a place, 0 or more; less only at the end. Raises OSError."""
        end = min(at + count, self.size)
        parts = []
        while at < end:
            number, start = divmod(at, self._block_bytes)
            part = self._block(number)[start : start + end - at]
            if not part:
                raise OSError(f"it ends after {at} of {self.size} bytes")
            parts.append(part)
            at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def hold(self) -> Blocks:
        """Keeps it open until `release`."""
        self._holders += 1
        return self

    def release(self) -> None:
        """Closes it if nobody else holds it."""
        self._holders -= 1
        if not self._holders:
            self._close()

    def __enter__(self) -> Blocks:
        return self.hold()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _block(self, number: int) -> bytes:
        block = self._kept.pop(number, None)
        if block is None:
            at = number * self._block_bytes
            block = self._read_at(at, min(self._block_bytes, self.size - at))
            if len(self._kept) >= _MOST_BLOCKS:
                self._kept.popitem(last=False)
        self._kept[number] = block
        return block


def block_file(blocks: Blocks, begin: int = 0, end: int | None = None) -> BinaryIO:
    """A range of `Blocks` as an open file, which holds them until it is closed.

    Args:
      blocks: of the file.
      begin, end: of the range, in bytes; None for the end of the file.
    """
    return cast(BinaryIO, _BlockFile(blocks, begin, blocks.size if end is None else end))


class _BlockFile(io.RawIOBase):
    def __init__(self, blocks: Blocks, begin: int, end: int) -> None:
        self._blocks = blocks.hold()
        self._begin, self._size = begin, end - begin
        self._at = 0

    def read(self, count: int | None = -1) -> bytes:
        """So many bytes, less only at the end; all that are left without a number. Raises OSError."""
        left = max(0, self._size - self._at)
        wanted = left if count is None or count < 0 else min(count, left)
        data = self._blocks.read(self._begin + self._at, wanted)
        self._at += len(data)
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fills a buffer, and gives the number of bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Jumps, as with any file."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """The place in the range."""
        return self._at

    def close(self) -> None:
        """Closes it. May be called twice."""
        if not self.closed:
            self._blocks.release()
        super().close()

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

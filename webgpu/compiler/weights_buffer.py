"""WeightsBuffer: collects the constants of a program, each once."""

from __future__ import annotations

from typing import Any

import numpy as np

_ALIGNMENT = 16  # bytes of a vector of four floats


class WeightsBuffer:
    """The content of a program's weights buffer, while it grows.

    Attributes:
        size: in bytes so far.
    """

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._places: dict[bytes, int] = {}

    def add(self, array: np.ndarray, dtype: Any = np.float32) -> int:
        """Stores an array, unless the same bytes are there already.

        Returns:
            The byte at which it begins, a multiple of 16.
        """
        content = np.ascontiguousarray(array, dtype).tobytes()
        if content not in self._places:
            self._places[content] = self.size
            padded = content + bytes(-len(content) % _ALIGNMENT)
            self._parts.append(padded)
            self.size += len(padded)
        return self._places[content]

    def reserve(self, size: int) -> None:
        """Leaves room at the beginning, in bytes, for what `fill` writes. Nothing may be stored yet."""
        assert not self._parts
        self.size = -(-size // _ALIGNMENT) * _ALIGNMENT
        self._parts.append(bytes(self.size))

    def fill(self, array: np.ndarray) -> None:
        """Writes into the room that `reserve` left."""
        content = array.tobytes()
        assert len(content) <= len(self._parts[0])
        self._parts[0] = content + bytes(len(self._parts[0]) - len(content))

    def to_bytes(self) -> bytes:
        """The content, at least one vector."""
        return b"".join(self._parts) or bytes(_ALIGNMENT)

"""Frames of an animated WebP, which FFmpeg cannot decode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from attention_mesh.limits import read_file, size_problem
from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_format import webp_chunks
from attention_mesh.media.picture_size import declared_sizes

_HEAD_BYTES = 16  # of a chunk ANMF, before its picture
_DISPOSE, _OVERWRITE = 1, 2


@dataclass(frozen=True)
class _Patch:
    """A part of the picture that changes: its place in px, its time, and what becomes of it."""

    x: int
    y: int
    width: int
    height: int
    duration_ms: int
    overwrites: bool
    is_disposed: bool
    content: bytes

    @classmethod
    def of(cls, chunk: bytes) -> _Patch:
        x, y, width, height, duration = (
            int.from_bytes(chunk[at : at + 3], "little") for at in range(0, 15, 3)
        )
        flags = chunk[15] if len(chunk) > 15 else 0
        return cls(
            *(2 * x, 2 * y, width + 1, height + 1, duration),
            bool(flags & _OVERWRITE),
            bool(flags & _DISPOSE),
            chunk[_HEAD_BYTES:],
        )

    def decode(self) -> np.ndarray | None:
        """(height, width, 3 or 4) uint8 BGR or BGRA; None if it is damaged."""
        size = (self.width - 1).to_bytes(3, "little") + (self.height - 1).to_bytes(3, "little")
        alpha = b"\x10" if self.content[:4] == b"ALPH" else b"\0"
        extended = b"VP8X" + (10).to_bytes(4, "little") + alpha + bytes(3) + size
        body = b"WEBP" + (extended if alpha != b"\0" else b"") + self.content
        file = b"RIFF" + len(body).to_bytes(4, "little") + body
        if any(size != (self.width, self.height) for size in declared_sizes(file, "WebP")):
            return None  # before memory is taken for it
        image: np.ndarray | None = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
        if image is None or image.shape[:2] != (self.height, self.width):
            return None
        return image


class AnimatedWebpSource:
    """Decodes the pictures of an animated WebP, once through, with their own times.

    Transparent areas are black. The attributes are those of `VideoSource`.

    Opening raises MediaError if the file cannot be read or has no picture. Iterating raises it, after the
    last good frame, if the file is damaged.

    Args:
      path: of the file.
      content: of the file, if it is known already.
    """

    live = False
    still = False
    sound = None

    def __init__(self, path: str | os.PathLike[str], content: bytes | None = None) -> None:
        self.name = os.fspath(path)
        self.failures: list[str] = []
        self.notices: list[str] = []
        try:
            data = read_file(path) if content is None else content
        except OSError as error:
            raise MediaError(f"{self.name}: {error.strerror or error}.") from error
        self._is_cut_off = len(data) < 8 + int.from_bytes(data[4:8], "little")
        self._patches: list[_Patch] = []
        self.size: tuple[int, int] = (0, 0)
        for kind, content in webp_chunks(data):
            if kind == b"VP8X":
                width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (4, 7))
                self.size = (width, height)
            elif kind == b"ANMF":
                self._patches.append(_Patch.of(content))
        if not self._patches or not all(self.size):
            raise MediaError(f"{self.name}: this WebP has no pictures; it is damaged or cut off.")
        if problem := size_problem(*self.size):
            raise MediaError(f"{self.name}: the pictures of this WebP are too large: {problem}.")
        self.length: int | None = len(self._patches)
        total_ms = sum(max(patch.duration_ms, 1) for patch in self._patches)
        self.fps: float | None = 1000 * len(self._patches) / total_ms

    def __iter__(self) -> Iterator[Frame]:
        canvas = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        time_ms = 0
        for index, patch in enumerate(self._patches):
            image = patch.decode()
            place = canvas[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
            if image is None or place.shape[:2] != image.shape[:2]:
                cause = "cut off" if self._is_cut_off else "damaged"
                raise MediaError(
                    f"{self.name}: the film ends after {index} of {len(self._patches)} frames; the file is "
                    f"{cause} there."
                )
            _draw(place, image, patch.overwrites)
            yield Frame(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB), 1000 * time_ms, index, f"frame_{index:06d}")
            if patch.is_disposed:
                place[:] = 0
            time_ms += max(patch.duration_ms, 1)
        if self._is_cut_off:
            raise MediaError(
                f"{self.name}: the film ends after {len(self._patches)} frames; the file is cut off."
            )

    def close(self) -> None:
        """Does nothing, because the file is not open."""

    def __enter__(self) -> AnimatedWebpSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _draw(place: np.ndarray, image: np.ndarray, overwrites: bool) -> None:
    """Draws a picture, BGR or BGRA, onto its place, BGR: over what is there, or instead of it."""
    if image.shape[2] == 3:
        place[:] = image
        return
    alpha = image[..., 3:].astype(np.uint16)
    color = image[..., :3] * alpha
    if not overwrites:
        color += place * (255 - alpha)
    place[:] = (color + 127) // 255

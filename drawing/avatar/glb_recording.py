"""GLB recording: keeps a face's motion, and writes it as an animated avatar."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import numpy as np

from attention_mesh.drawing.avatar.avatar_animation import AvatarAnimation
from attention_mesh.drawing.avatar.avatar_glb import AvatarGlb
from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.errors import AvatarError

_SAVE_EVERY_US = 10_000_000
_SAVE_EVERY_SHARE = 0.1


class GlbRecording:
    """Writes a GLB file whose avatar moves as the face did.

    The file is written from time to time, each time whole and under its own name at once, and finally at
    `close`. So whatever ends the program, the file that is there is valid.

    Attributes:
        animation: what was recorded.
    """

    def __init__(self, path: str | os.PathLike[str], model: AvatarModel) -> None:
        """Begins a recording; the file is not touched before the first sample.

        Args:
            path: of the file, which ends in .glb.
            model: the avatar in it.

        Raises:
            AvatarError: the path does not end in .glb.
        """
        self.path = Path(path)
        if self.path.suffix.lower() != ".glb":
            raise AvatarError(f"{self.path}: a recording is a .glb file")
        self.animation = AvatarAnimation()
        self._avatar = AvatarGlb(model)
        self._saved = 0  # samples in the file

    def add(
        self, timestamp_us: int, coefficients: np.ndarray, pose: np.ndarray, gaze: np.ndarray | None = None
    ) -> None:
        """Appends a sample; see `AvatarAnimation.add`. Raises AvatarError if the file cannot be written."""
        if not self.animation.add(timestamp_us, coefficients, pose, gaze):
            return
        times = self.animation.times_us
        unsaved = times[-1] - times[max(0, self._saved - 1)]
        due = max(_SAVE_EVERY_US, _SAVE_EVERY_SHARE * (times[-1] - times[0]))
        if not self._saved or unsaved >= due:
            self.save()

    def save(self) -> None:
        """Writes what was recorded so far. Raises AvatarError if the file cannot be written."""
        if len(self.animation) == self._saved:
            return
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(self._avatar.file(self.animation))
            os.replace(beside, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise AvatarError(f"cannot write {self.path}: {error.strerror or error}") from None
        self._saved = len(self.animation)

    def close(self) -> None:
        """Finishes the file. May be called twice. Raises AvatarError if it cannot be written."""
        self.save()

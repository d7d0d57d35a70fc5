"""The film of `attention-mesh demo` in which the photo's face moves."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from attention_mesh.media.frame import Frame
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.moving_portrait import MovingPortrait

_YAW_DEG, _PITCH_DEG = 12.0, 5.0  # of the turns
_BLINK = {"eyeBlinkLeft": 1.2, "eyeBlinkRight": 1.2}
# Shapes and their largest weights, each in a part of the film; a negative weight takes a smile away.
_ACTS: tuple[tuple[float, float, dict[str, float]], ...] = (
    (0.05, 0.3, {"jawOpen": 0.6}),
    (0.3, 0.6, {"mouthSmileLeft": -0.9, "mouthSmileRight": -0.9}),
    (0.6, 0.8, {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0}),
    (0.8, 0.98, {"jawOpen": 0.45, "mouthSmileLeft": 0.3, "mouthSmileRight": 0.3}),
    (0.2, 0.28, _BLINK),
    (0.5, 0.58, _BLINK),
    (0.88, 0.96, _BLINK),
)


class MovingPortraitSource:
    """A film of a photo whose face opens its mouth, stops smiling, raises its brows, blinks and turns.

    The attributes are those of `VideoSource`. The last frame leads into the first.

    Args:
      photo: (H, W, 3) uint8 RGB.
      landmarks_px: (478, 3) of its face.
      size: side of the pictures in pixels.
      fps: frames per second.
      duration_s: length in seconds.
    """

    live = False
    sound = None
    still = False

    def __init__(
        self,
        photo: np.ndarray,
        landmarks_px: np.ndarray,
        size: int = 384,
        fps: float = 25.0,
        duration_s: float = 4.0,
    ) -> None:
        self.name = "moving portrait"
        self.fps = fps
        self.length = round(duration_s * fps)
        self.failures: list[str] = []
        self.notices: list[str] = []
        self._portrait = MovingPortrait(builtin_rig(), photo, landmarks_px, size)

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.length):
            turn = index / self.length
            yaw = _YAW_DEG * math.sin(math.tau * turn)
            pitch = _PITCH_DEG * math.sin(2 * math.tau * turn)
            picture, _ = self._portrait.moved(motion(turn), yaw, pitch)
            yield Frame(picture, round(index * 1e6 / self.fps), index, f"frame_{index:06d}")

    def close(self) -> None:
        """Does nothing, because nothing is open."""

    def __enter__(self) -> MovingPortraitSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def motion(turn: float) -> dict[str, float]:
    """The weights of the shapes, at a share of the film from 0 to 1."""
    weights: dict[str, float] = {}
    for begin, end, largest in _ACTS:
        if begin < turn < end:
            strength = math.sin(math.pi * (turn - begin) / (end - begin)) ** 2
            weights.update({name: strength * weight for name, weight in largest.items()})
    return weights

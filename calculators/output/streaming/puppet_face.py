"""One face as other programs take it, and the choice among several."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from attention_mesh.geometry.head_rotation import eye_rotations

_AHEAD = np.broadcast_to(np.eye(3), (2, 3, 3))


class PuppetFace(NamedTuple):
    """What moves an avatar. The frame is that of `geometry.head_rotation`.

    Attributes:
      coefficients: (52,) float32 in [0, 1], in the order of BLENDSHAPE_NAMES.
      head: (3, 3), the head's rotation in the camera's frame.
      position_cm: (3,), the head's place in the camera's frame.
      eyes: (2, 3, 3), the rotations of the left and the right eye within the head.
    """

    coefficients: np.ndarray
    head: np.ndarray
    position_cm: np.ndarray
    eyes: np.ndarray


def puppet_face(blendshapes: np.ndarray, poses: np.ndarray, gaze: np.ndarray | None, face: int) -> PuppetFace:
    """One of the faces of a frame.

    Args:
      blendshapes: (F, 52) float32.
      poses: (F, 4, 4) float32, without a scale.
      gaze: (F, 3, 3) float32, left, right, mean; None if it is unknown: the eyes look straight ahead.
      face: its index.
    """
    head = poses[face, :3, :3]
    eyes = _AHEAD if gaze is None else eye_rotations(head[None], gaze[face, None, :2])[0]
    return PuppetFace(np.clip(blendshapes[face], 0, 1), head, poses[face, :3, 3], eyes)


class FaceChoice:
    """Chooses the face that moves the avatar, and keeps to it.

    Args:
      track: the track id to follow; nothing is chosen while it is missing. 0 follows the first face until it
        is lost, then the face that is first at that moment.
    """

    def __init__(self, track: int = 0) -> None:
        self._wanted = track
        self._followed: int | None = None

    def index(self, faces: int, ids: np.ndarray | None) -> int | None:
        """The index of the face in this frame, None if there is none.

        Args:
          faces: how many there are.
          ids: (F,) int, their track ids; None if they are not tracked.
        """
        if ids is None or faces == 0:
            return 0 if faces and not self._wanted else None
        places = {int(track): place for place, track in reversed(list(enumerate(ids)))}
        if self._wanted:
            return places.get(self._wanted)
        if self._followed not in places:
            self._followed = int(ids[0])
        return places[self._followed]

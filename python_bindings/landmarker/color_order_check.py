"""ColorOrderCheck: warns once of images that are BGR, which OpenCV reads, in place of RGB."""

from __future__ import annotations

import sys
import warnings
from functools import cache

import numpy as np

from attention_mesh.geometry.color_order import is_bgr
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

_FACES = 8  # that are looked at, the first ones; later ones cost nothing
_ROOM = "attention_mesh.python_bindings"
_FEATURES = ("LIPS", "LEFT_EYE", "RIGHT_EYE", "LEFT_EYEBROW", "RIGHT_EYEBROW", "FACE_OVAL")


class ColorOrderCheck:
    """Looks at the first faces of a program, and warns at the first one whose colors are swapped."""

    def __init__(self) -> None:
        self._left = _FACES

    @property
    def is_over(self) -> bool:
        """Whether no more faces are looked at."""
        return self._left <= 0

    def checked(self, image: np.ndarray, result: FaceLandmarkerResult) -> FaceLandmarkerResult:
        """Looks at the faces of a result, which it returns."""
        if not self.is_over:
            self.look_at(image, result.landmarks_px)
        return result

    def look_at(self, image: np.ndarray, landmarks_px: np.ndarray) -> None:
        """Takes the faces of an image.

        Args:
          image: (H, W, 3) uint8.
          landmarks_px: (F, 468 or 478, 2 or 3), in pixels of the image.
        """
        for points in landmarks_px[: max(self._left, 0)]:
            self._left -= 1
            if is_bgr(image, points[skin_landmarks()]):
                self._left = 0
                warnings.warn(
                    "A face is bluer than red, and than what surrounds it: the image seems to be BGR, as "
                    "OpenCV reads it, and RGB is expected. Convert it with "
                    "cv2.cvtColor(image, cv2.COLOR_BGR2RGB). (This warning comes once.)",
                    UserWarning,
                    stacklevel=_callers_level(),
                )
                return


def _callers_level() -> int:
    """The `stacklevel` of the program's line, behind all functions of this room."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_ROOM):
        level, frame = level + 1, frame.f_back
    return level


@cache
def skin_landmarks() -> np.ndarray:
    """The landmarks that lie on skin, away from eyes, brows, lips and the face's edge."""
    topology = FaceTopology.load()
    features = {index for name in _FEATURES for trail in topology.trails(name) for index in trail}
    return np.array([index for index in range(NUM_LANDMARKS) if index not in features])

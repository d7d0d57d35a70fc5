"""FaceFinder: the face that a photo for a study shows, if it is alone."""

from __future__ import annotations

import numpy as np

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.portrait import portrait_square
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

_SAME_FACE = 0.3  # of a face's height, between the middles of two measurements of it
_NEIGHBORS = 4  # faces that are looked for at once


class FaceFinder:
    """Finds the face of a photo and the square around it. Close it, or use it in a with statement."""

    def __init__(self) -> None:
        self._landmarker = FaceLandmarker()
        # To look for further faces in every way takes ten times as long. Neighbors are about as large as the
        # face, so the detector for near faces is enough.
        self._neighbors = FaceLandmarker(
            FaceLandmarkerOptions(num_faces=_NEIGHBORS, detector="short", refine_passes=1)
        )

    def find(self, image: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int]]:
        """The face of a photo, and the square around it.

        Args:
          image: (H, W, 3) uint8 RGB.

        Returns:
          (478, 3) float32 landmarks in pixels, and left, top and side of the square as of `portrait_square`.

        Raises:
          StudyError: there is no face, it is cut off, or a part of another one is in the square.
        """
        faces = self._landmarker.detect(image).landmarks_px
        if not len(faces):
            raise StudyError("no face was found")
        face = faces[0]
        left, top, side = square = portrait_square(face, (image.shape[1], image.shape[0]))
        for other in self._neighbors.detect(image).landmarks_px:
            apart = np.linalg.norm(other[:, :2].mean(axis=0) - face[:, :2].mean(axis=0))
            place = other[:, :2] - (left, top)
            inside = ((place > 0) & (place < side)).all(axis=1).any()
            if inside and apart > _SAME_FACE * float(np.ptp(face[:, 1])):
                raise StudyError("another face is close to this one, expected one alone; cut the photo")
        return face, square

    def close(self) -> None:
        """Frees the networks."""
        self._landmarker.close()
        self._neighbors.close()

    def __enter__(self) -> FaceFinder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

"""FaceLandmarkerResult: the faces of an image as the lists that MediaPipe Tasks gives."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from attention_mesh.python_bindings.landmarker.category import Category
from attention_mesh.python_bindings.landmarker.face_landmarker_result import (
    FaceLandmarkerResult as ArrayResult,
)
from attention_mesh.python_bindings.landmarker.normalized_landmark import NormalizedLandmark


class FaceLandmarkerResult:
    """The faces of one image, one entry per face in each list.

    The lists of a measured result are made when they are first asked for.

    Args:
      face_landmarks: 478 points per face, in fractions of the image's size.
      face_blendshapes: 52 categories per face, `_neutral` first; empty without output_face_blendshapes.
      facial_transformation_matrixes: (4, 4) per face, from the canonical face to the face before the camera,
        in cm; empty without output_facial_transformation_matrixes.

    Attributes:
      arrays: what was measured, as `attention_mesh.FaceLandmarker` gives it; None for a result that the
        program made.
    """

    arrays: ArrayResult | None

    def __init__(
        self,
        face_landmarks: list[list[NormalizedLandmark]],
        face_blendshapes: list[list[Category]],
        facial_transformation_matrixes: list[np.ndarray],
    ) -> None:
        self.arrays = None
        self.face_landmarks = face_landmarks
        self.face_blendshapes = face_blendshapes
        self.facial_transformation_matrixes = facial_transformation_matrixes

    @classmethod
    def of(cls, arrays: ArrayResult) -> FaceLandmarkerResult:
        """The lists of what was measured."""
        result = cls.__new__(cls)
        result.arrays = arrays
        return result

    @cached_property
    def face_landmarks(self) -> list[list[NormalizedLandmark]]:
        """478 points per face, in fractions of the image's size."""
        return self._measured().face_landmarks

    @cached_property
    def face_blendshapes(self) -> list[list[Category]]:
        """52 categories per face, `_neutral` first; empty without output_face_blendshapes."""
        return self._measured().face_blendshapes

    @cached_property
    def facial_transformation_matrixes(self) -> list[np.ndarray]:
        """(4, 4) per face; empty without output_facial_transformation_matrixes."""
        return self._measured().facial_transformation_matrixes

    def _measured(self) -> ArrayResult:
        assert self.arrays is not None  # a program's own result has its lists from the start
        return self.arrays

    def __eq__(self, other: object) -> bool:
        """Whether landmarks and blend shapes are the same, and the matrices in every number."""
        if not isinstance(other, FaceLandmarkerResult):
            return NotImplemented
        mine, its = self.facial_transformation_matrixes, other.facial_transformation_matrixes
        return (
            self.face_landmarks == other.face_landmarks
            and self.face_blendshapes == other.face_blendshapes
            and len(mine) == len(its)
            and all(map(np.array_equal, mine, its))
        )

    __hash__ = None  # type: ignore[assignment]  # a program may change the lists

    def __repr__(self) -> str:
        return (
            f"FaceLandmarkerResult(face_landmarks={self.face_landmarks!r}, "
            f"face_blendshapes={self.face_blendshapes!r}, "
            f"facial_transformation_matrixes={self.facial_transformation_matrixes!r})"
        )

"""Face alignment: takes position, size and turn of the head out of landmarks."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.number_arrays import number_array
from attention_mesh.geometry.procrustes import WeightedProcrustes

_TO_RIGHT_HANDED = np.array([1, -1, -1], np.float32)


class FaceAlignment:
    """Moves, scales and turns faces as rigid bodies, so that they agree with a reference face.

    It finds the turn and the size with which the reference lies best on the face, and takes them back.

    Args:
        reference: (N, 3); +x as in the image of a face that looks into the camera, +y up, +z toward the
            viewer, any unit.
        weights: (N,), how much each landmark counts, at least 0.

    Raises:
        ValueError: as by `WeightedProcrustes`.
    """

    def __init__(self, reference: np.ndarray, weights: np.ndarray) -> None:
        self._reference = WeightedProcrustes(reference, weights)

    def align(self, landmarks_px: np.ndarray) -> np.ndarray:
        """Faces in the reference's frame and unit.

        Args:
            landmarks_px: (F, N, 3); x, y in pixels, y down, z on x's scale, smaller is nearer.

        Returns:
            (F, N, 3) float32. A face without extent, or with a number that is not finite, becomes NaN.

        Raises:
            ValueError: the landmarks are no numbers or have another shape.
        """
        expected = f"(F, {self._reference.num_points}, 3)"
        landmarks = number_array(landmarks_px, "landmarks", expected)
        if landmarks.ndim != 3 or landmarks.shape[1:] != (self._reference.num_points, 3):
            raise ValueError(f"landmarks have shape {landmarks.shape}; expected {expected}")
        points = landmarks.astype(np.float32) * _TO_RIGHT_HANDED
        if not np.isfinite(points.sum()):  # the sum is cheap
            points[~np.isfinite(points).all((1, 2))] = 0  # a face without extent
        return self._reference.fit(points).undo(points)

"""Face alignment: takes position, size and turn of the head out of landmarks."""

from __future__ import annotations

import numpy as np

_TO_RIGHT_HANDED = np.array([1, -1, -1], np.float32)


class FaceAlignment:
    """Moves, scales and turns faces as rigid bodies, so that they agree with a reference face.

    It finds the turn and the size with which the reference lies best on the face, and takes them back.

    The weighted least-squares solution of Umeyama: Least-Squares Estimation of Transformation Parameters
    Between Two Point Patterns, IEEE PAMI 13(4), 1991.

    Args:
        reference: (N, 3); +x as in the image of a face that looks into the camera, +y up, +z toward the
            viewer, any unit.
        weights: (N,), how much each landmark counts, at least 0.

    Raises:
        ValueError: the shapes do not match, or no weight is above 0.
    """

    def __init__(self, reference: np.ndarray, weights: np.ndarray) -> None:
        if reference.shape != (len(weights), 3) or not (np.min(weights) >= 0 and np.sum(weights) > 0):
            raise ValueError(
                f"a reference face of shape {reference.shape} with {len(weights)} weights; expected (N, 3) "
                "with N weights of at least 0, some of them above 0"
            )
        self._shares = (weights / weights.sum()).astype(np.float32)
        self._middle = (self._shares @ reference).astype(np.float32)
        self._spread = float(self._shares @ ((reference - self._middle) ** 2).sum(1))
        # With weights on one side of the product, the other side needs none.
        self._weighted = ((reference - self._middle) * self._shares[:, None]).astype(np.float32)

    def align(self, landmarks_px: np.ndarray) -> np.ndarray:
        """Faces in the reference's frame and unit.

        Args:
            landmarks_px: (F, N, 3); x, y in pixels, y down, z on x's scale, smaller is nearer.

        Returns:
            (F, N, 3) float32. A face without extent becomes NaN.

        Raises:
            ValueError: the landmarks have another shape.
        """
        if landmarks_px.ndim != 3 or landmarks_px.shape[1:] != (len(self._shares), 3):
            raise ValueError(f"landmarks of shape {landmarks_px.shape}; expected (F, {len(self._shares)}, 3)")
        points = landmarks_px.astype(np.float32) * _TO_RIGHT_HANDED
        points -= (self._shares @ points)[:, None]
        covariance = points.transpose(0, 2, 1) @ self._weighted
        if not np.isfinite(covariance.sum()):  # the solver refuses such numbers
            broken = ~np.isfinite(covariance).all((1, 2))
            covariance[broken], points[broken] = 0, np.nan
        left, sizes, right = np.linalg.svd(covariance)
        # A mirrored solution is no rotation: the least axis is then flipped.
        is_mirrored = np.linalg.det(covariance) < 0
        if is_mirrored.any():
            left[is_mirrored, :, 2] *= -1
            sizes[is_mirrored, 2] *= -1
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = self._spread / sizes.sum(1)
            return points @ (left @ right * scale[:, None, None]) + self._middle

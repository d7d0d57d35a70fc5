"""MediaPipe's face geometry pipeline: poses and metric faces from landmarks, or poses from key points."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.head_pose import MetricFaces, metric_faces, unprojected
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import Similarities, WeightedProcrustes

_COMPACT = 1e-3  # largest distance from the mean, as a share of the picture, of a face that is too small


class FaceGeometryPipeline:
    """Fits a canonical face to landmarks as MediaPipe's module face_geometry does, for all faces at once.

    Key points of a detector have no depth. For them, the canonical face is fitted to the flat points, gives
    them its own depths, and is fitted again.

    Args:
        canonical: (N, 3), cm; a vertex per landmark.
        weights: (N,), not negative; 0 for landmarks that do not count.
        camera: the camera that took the picture.
        y_down: whether y of the landmarks is 0 at the top of the picture.
        has_depth: whether the landmarks have a z. If not, they are a detector's key points.

    Raises:
        ValueError: as by `WeightedProcrustes`.
    """

    def __init__(
        self,
        canonical: np.ndarray,
        weights: np.ndarray,
        camera: PerspectiveCamera,
        y_down: bool = True,
        has_depth: bool = True,
    ) -> None:
        self._canonical = np.asarray(canonical, np.float64)
        self._basis = WeightedProcrustes(canonical, weights)
        self._camera = camera
        self._y_down, self._has_depth = y_down, has_depth

    def find(self, landmarks_norm: np.ndarray, image_size: tuple[int, int]) -> MetricFaces:
        """The poses, and the faces without them.

        A face whose landmarks are all within a thousandth of the picture is left out, as in MediaPipe.

        Args:
            landmarks_norm: (F, N, 3), in fractions of the picture, z by its width.
            image_size: (width, height), pixels.

        Returns:
            Faces and poses. Without depth, a pose also has a scale.

        Raises:
            ValueError: a shape or the size of the picture is wrong, or a landmark is not finite.
        """
        landmarks = np.array(landmarks_norm, np.float32)
        if landmarks.ndim == 3 and landmarks.shape[1]:
            away = np.linalg.norm(landmarks[:, :, :2] - landmarks[:, :, :2].mean(1, keepdims=True), axis=2)
            landmarks = landmarks[~(away.max(1) <= _COMPACT)]
        if not self._y_down:
            landmarks[:, :, 1] = 1 - landmarks[:, :, 1]
        if self._has_depth:
            return metric_faces(landmarks, image_size, self._basis, self._camera)
        return self._without_depth(landmarks, image_size)

    def _without_depth(self, landmarks: np.ndarray, image_size: tuple[int, int]) -> MetricFaces:
        landmarks[:, :, 2] = 0
        points = unprojected(landmarks, image_size, self._camera).astype(np.float64)
        flat = self._basis.fit(points)
        scale = flat.scales[:, None, None]
        # At the distance that this scale means, the face has its depths, and another scale, which corrects
        # it.
        deep = self._with_depths(points / scale, flat, flat.scales)
        points /= scale * self._basis.fit(deep).scales[:, None, None]
        points = self._with_depths(points, self._basis.fit(points), np.ones(len(points)))
        scales, rotations, places = self._basis.fit(points)
        poses = np.zeros((len(points), 4, 4), np.float32)
        poses[:, :3, :3] = scales[:, None, None] * rotations
        poses[:, :3, 3], poses[:, 3, 3] = places, 1
        canonical = (points - places[:, None]) @ rotations / scales[:, None, None]
        return MetricFaces(canonical.astype(np.float32), poses)

    def _with_depths(self, points: np.ndarray, fit: Similarities, unit: np.ndarray) -> np.ndarray:
        """The points, with z of the fitted canonical face; `fit` is in units of 1 by `unit` (F,)."""
        depths = (fit.scales / unit)[:, None] * (fit.rotations[:, 2] @ self._canonical.T)
        return np.dstack([points[:, :, :2], depths + (fit.translations[:, 2] / unit)[:, None]])

"""68 annotated points as face-mesh labels that are known in part."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.training.face_sample import LANDMARKS


def partial_labels(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 68, 2) px → landmarks (N, 478, 3) and weights (N, 478, 2) float32, as `FaceSample` has them.

    z is unknown, and so is every landmark without a point: NaN, of weight 0.
    """
    table = landmarks_68()
    known = np.flatnonzero(table >= 0)
    landmarks = np.full((len(points), LANDMARKS, 3), np.nan, np.float32)
    landmarks[:, table[known], :2] = points[:, known]
    weights = np.zeros((len(points), LANDMARKS, 2), np.float32)
    weights[:, :, 0] = np.isfinite(landmarks[:, :, :2]).all(2)
    return landmarks, weights

"""Linear fit of a rig: blend-shape coefficients by least squares, to compare the networks with."""

from __future__ import annotations

import numpy as np

from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks, with_network_depths
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

# Standard deviations that weigh a change against noise: of a landmark in cm, a coefficient, an identity.
_NOISE, _COEFFICIENT, _IDENTITY = 0.15, 0.2, 0.8


class LinearFit:
    """Least squares for expression and identity together, with their spreads as a penalty (ridge).

    Args:
        rig: the rig's landmarks.
        mean: (478, 3), what a face without expression and of mean identity looks like, aligned.
    """

    def __init__(self, rig: RigLandmarks, mean: np.ndarray) -> None:
        count = len(BLENDSHAPE_NAMES)
        shapes, nobody = np.eye(count, dtype=np.float32), np.zeros((count, len(rig.identities)))
        neutral = rig.points(nobody[:1], np.zeros((1, count)))
        changes = with_network_depths(rig.points(nobody, shapes)) - with_network_depths(neutral)
        directions = np.concatenate([changes * _COEFFICIENT, rig.identities * _IDENTITY])
        flat = directions.reshape(len(directions), -1).astype(np.float64)
        inverse = np.linalg.solve(flat @ flat.T + _NOISE**2 * np.eye(len(flat)), flat)
        self._mean = mean
        self._to_coefficients = inverse[:count].T * _COEFFICIENT

    def predict(self, aligned: np.ndarray) -> np.ndarray:
        """(F, 52) float32 coefficients, cut to 0…1, of aligned landmarks (F, 478, 3)."""
        gap = (aligned - self._mean).reshape(len(aligned), -1)
        return (gap @ self._to_coefficients).clip(0, 1).astype(np.float32)

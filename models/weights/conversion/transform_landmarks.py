"""`TransformLandmarks`: moves 2D or 3D points by a crop's transform.

The custom operator of the released attention model, as a formula and as built-in operators.
"""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter


def transform_landmarks(landmarks: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(N, P, 2 or 3), (N, 4, 4) → like landmarks, float64.

    x' = T00·x + T01·y + T03, y' = T10·x + T11·y + T13; z passes through.
    """
    moved = np.array(landmarks, np.float64)
    matrix = np.asarray(matrix, np.float64)
    moved[..., :2] = np.einsum("nij,npj->npi", matrix[:, :2, :2], moved[..., :2]) + matrix[:, None, :2, 3]
    return moved


def write_transform_landmarks(writer: OperatorWriter, points: int, matrices: int) -> int:
    """points (N, H, P, 3) = x, y, 1; matrices (N, H, 2, 3) → (N, H, P, 2).

    The matrices are those of `write_transform_matrices`, one a head. Points come homogeneous, so that one
    product does all; a last coordinate k instead of 1 also multiplies the shift by k.
    """
    return writer.matrix_product(points, matrices, transpose_y=True)

"""A matrix of MediaPipe's graphs: here an array like any other."""

from __future__ import annotations

import numpy as np


class Matrix(np.ndarray):
    """(R, C) float32, made of such an array; `packet_creator.create_matrix` takes it as it takes any array.

    Raises TypeError for what is no matrix.
    """

    def __new__(cls, data: np.ndarray) -> Matrix:
        values = np.array(data, np.float32)
        if values.ndim != 2:
            raise TypeError(f"a Matrix is made of an array (R, C), not of one of shape {values.shape}")
        return values.view(cls)

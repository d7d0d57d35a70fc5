"""Matrix: MediaPipe's name for a matrix, which is an array like any other here."""

from __future__ import annotations

import numpy as np


class Matrix(np.ndarray):
    """A matrix for `packet_creator.create_matrix`, which takes any other array too.

    Args:
      data: (R, C) real numbers; the matrix is a float32 copy.

    Raises:
      TypeError: the data does not have two axes.
    """

    def __new__(cls, data: np.ndarray) -> Matrix:
        values = np.array(data, np.float32)
        if values.ndim != 2:
            raise TypeError(f"a Matrix is made of an array (R, C), not of one of shape {values.shape}")
        return values.view(cls)

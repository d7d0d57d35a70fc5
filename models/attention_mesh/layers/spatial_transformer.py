"""Differentiable cropping of feature maps (Jaderberg et al., arXiv 1506.02025)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

BORDERS = ("zero", "discard")
METHODS = ("gather", "matmul")
# A sample this much further out than the border, in 1 / cells, is outside for good. Float16 still holds it.
_SHARPNESS = 6e4


@keras.saving.register_keras_serializable(package="attention_mesh")
class SpatialTransformer(keras.layers.Layer):
    """Samples a crop out of a feature map, bilinearly, where θ lays it.

    size: side of the square crop in cells.
    border: what lies outside the map. "zero": cells of zero around it, into which samples blend. "discard": a
      sample with a coordinate below 0 or above size − 1 is zero altogether, as in MediaPipe's operator
      TransformTensorBilinear.
    method: "gather" reads the four neighbours of each sample, best on a CPU; "matmul" multiplies the map by
      hat-function weights relu(1 − |p − cell|), which needs no gather and suits GPU delegates, at H·W
      multiply-adds a sample and channel. Both give the same.

    Inputs (B, H, W, C) and θ (B, 2, 3) → (B, size, size, C): the sample of cell (x, y) is taken at
    θ·(x + ½, y + ½, 1) − ½. Differentiable in both inputs.
    """

    def __init__(self, size: int, border: str = "zero", method: str = "gather", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if border not in BORDERS or method not in METHODS:
            raise ValueError(
                f"border is {border!r}, method {method!r}; expected one of {BORDERS} and one of {METHODS}"
            )
        self.size, self.border, self.method = int(size), border, method
        x, y = np.meshgrid(np.arange(self.size) + 0.5, np.arange(self.size) + 0.5)
        # (1, 1, S²) each: the centres of the crop's cells, row after row.
        self._cell_x, self._cell_y = x.reshape(1, 1, -1), y.reshape(1, 1, -1)

    def build(self, features_shape: tuple, theta_shape: tuple) -> None:
        self.built = True

    def call(self, features: Any, theta: Any) -> Any:
        # (B, 1, S²) each. Not a matrix product: those lose digits where a GPU multiplies in TF32. And no
        # slice that drops an axis: GPU delegates refuse those.
        x, y = (
            theta[:, axis : axis + 1, 0:1] * ops.cast(self._cell_x, theta.dtype)
            + theta[:, axis : axis + 1, 1:2] * ops.cast(self._cell_y, theta.dtype)
            + (theta[:, axis : axis + 1, 2:3] - 0.5)
            for axis in range(2)
        )
        crop = self._by_gather(features, x, y) if self.method == "gather" else self._by_matmul(features, x, y)
        if self.border == "discard":
            _, height, width, _ = features.shape
            beyond = ops.relu(-x) + ops.relu(x - (width - 1)) + ops.relu(-y) + ops.relu(y - (height - 1))
            crop = crop * ops.reshape(ops.relu(1 - _SHARPNESS * beyond), (-1, self.size**2, 1))
        return ops.reshape(crop, (-1, self.size, self.size, features.shape[3]))

    def _by_matmul(self, features: Any, x: Any, y: Any) -> Any:
        _, height, width, channels = features.shape
        columns = np.arange(width, dtype="float32")
        rows = np.arange(height, dtype="float32").reshape(-1, 1)
        by_x = ops.relu(1 - ops.abs(ops.reshape(x, (-1, self.size**2, 1, 1)) - columns))
        by_y = ops.relu(1 - ops.abs(ops.reshape(y, (-1, self.size**2, 1, 1)) - rows))
        if features.shape[0] == 1:
            # As a convolution, whose kernel is the map: GPU delegates multiply no two matrices that they
            # compute, but do take such a kernel.
            weights = ops.reshape(by_y * by_x, (1, self.size, self.size, height * width))
            kernel = ops.reshape(features, (1, 1, height * width, channels))
            return ops.reshape(ops.conv(weights, kernel, data_format="channels_last"), (1, -1, channels))
        weights = ops.reshape(by_y * by_x, (-1, self.size**2, height * width))
        return ops.matmul(weights, ops.reshape(features, (-1, height * width, channels)))

    def _by_gather(self, features: Any, x: Any, y: Any) -> Any:
        # With a rim of zeros around the map, and samples kept on it, no neighbour needs a test.
        rim = 1 if self.border == "zero" else 0
        if rim:
            features = ops.pad(features, [[0, 0], [rim, rim], [rim, rim], [0, 0]])
        batch, height, width, channels = features.shape
        x, y = ops.clip(x + rim, 0, width - 1), ops.clip(y + rim, 0, height - 1)
        left, top = ops.minimum(ops.floor(x), width - 2), ops.minimum(ops.floor(y), height - 2)
        right, bottom = x - left, y - top
        shares = [(1 - bottom) * (1 - right), (1 - bottom) * right, bottom * (1 - right), bottom * right]
        first = ops.cast(top * width + left, "int32")
        cells = ops.concatenate([first, first + 1, first + width, first + width + 1], 1)
        if batch != 1:  # where each map of the batch begins among all cells
            starts = ops.arange(ops.shape(features)[0], dtype="int32") * (height * width)
            cells = cells + ops.reshape(starts, (-1, 1, 1))
        neighbours = ops.take(ops.reshape(features, (-1, channels)), cells, axis=0)
        return ops.sum(neighbours * ops.expand_dims(ops.concatenate(shares, 1), 3), 1)

    def compute_output_shape(self, features_shape: tuple, theta_shape: tuple) -> tuple:
        return (features_shape[0], self.size, self.size, features_shape[3])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "border": self.border, "method": self.method}

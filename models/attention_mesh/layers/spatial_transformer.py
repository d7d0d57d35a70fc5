"""Differentiable cropping of feature maps (Jaderberg et al., arXiv 1506.02025)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

BORDERS = ("zero", "discard")
METHODS = ("gather", "matmul")


@keras.saving.register_keras_serializable(package="attention_mesh")
class SpatialTransformer(keras.layers.Layer):
    """Samples a crop out of a feature map, bilinearly, where θ lays it.

    size: side of the square crop in cells.
    border: what lies outside the map. "zero": cells of zero around it, into which samples blend. "discard": a
      sample with a coordinate below 0 or above size − 1 is zero altogether, as in MediaPipe's operator
      TransformTensorBilinear.
    method: "gather" reads the four neighbours of each sample; "matmul" multiplies the map by hat-function
      weights relu(1 − |p − cell|), which needs no gather and suits a GPU, at H·W multiply-adds a sample and
      channel. Both give the same.

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
        centres = np.arange(self.size, dtype=np.float32) + 0.5
        x, y = np.meshgrid(centres, centres)
        # (3, S²): the crop's cells, rows after one another.
        self._cells = np.stack([x.ravel(), y.ravel(), np.ones(self.size**2, np.float32)])

    def build(self, features_shape: tuple, theta_shape: tuple) -> None:
        self.built = True

    def call(self, features: Any, theta: Any) -> Any:
        places = ops.matmul(theta, ops.cast(self._cells, theta.dtype)) - 0.5
        x, y = places[:, 0], places[:, 1]
        crop = self._by_gather(features, x, y) if self.method == "gather" else self._by_matmul(features, x, y)
        if self.border == "discard":
            height, width = features.shape[1:3]
            inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
            crop = crop * ops.cast(inside, crop.dtype)[:, :, None]
        return ops.reshape(crop, (-1, self.size, self.size, features.shape[3]))

    def _by_matmul(self, features: Any, x: Any, y: Any) -> Any:
        height, width, channels = features.shape[1:]
        columns = np.arange(width, dtype=np.float32)
        rows = np.arange(height, dtype=np.float32)
        by_x = ops.relu(1 - ops.abs(x[:, :, None] - columns))
        by_y = ops.relu(1 - ops.abs(y[:, :, None] - rows))
        weights = ops.reshape(by_y[:, :, :, None] * by_x[:, :, None, :], (-1, self.size**2, height * width))
        return ops.matmul(weights, ops.reshape(features, (-1, height * width, channels)))

    def _by_gather(self, features: Any, x: Any, y: Any) -> Any:
        height, width, channels = features.shape[1:]
        flat = ops.reshape(features, (-1, channels))
        # Where each picture of the batch begins among all cells.
        starts = ops.cast(ops.arange(ops.shape(features)[0])[:, None] * (height * width), "int32")
        left, top = ops.floor(x), ops.floor(y)
        right_share, bottom_share = x - left, y - top
        crop = 0.0
        for column, share_x in ((left, 1 - right_share), (left + 1, right_share)):
            for row, share_y in ((top, 1 - bottom_share), (top + 1, bottom_share)):
                inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
                share = share_x * share_y * ops.cast(inside, x.dtype)
                # The mask has taken out what is outside; clipped, so that the index itself is valid.
                cell = ops.clip(row, 0, height - 1) * width + ops.clip(column, 0, width - 1)
                values = ops.take(flat, starts + ops.cast(cell, "int32"), axis=0)
                crop = crop + values * share[:, :, None]
        return crop

    def compute_output_shape(self, features_shape: tuple, theta_shape: tuple) -> tuple:
        return (features_shape[0], self.size, self.size, features_shape[3])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "border": self.border, "method": self.method}

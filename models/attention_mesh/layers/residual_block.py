"""The block that the whole network is built of."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from attention_mesh.models.attention_mesh.layers.prelu import prelu


@keras.saving.register_keras_serializable(package="attention_mesh")
class ResidualBlock(keras.layers.Layer):
    """Depthwise 3×3 → pointwise 1×1 → plus the input → PReLU with one slope a channel.

    filters: channels of the result, not fewer than the input's; the skip is padded with zeros.
    strides: 1, or 2 for half the size, where the skip is max-pooled 2×2.

    (B, H, W, C) → (B, H / strides, W / strides, filters). Source: face_landmark_with_attention.tflite.
    """

    def __init__(self, filters: int, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if strides not in (1, 2):
            raise ValueError(f"strides is {strides}; expected 1 or 2")
        self.filters = filters
        self.strides = strides
        channels_last = {"data_format": "channels_last", "dtype": self.dtype_policy}
        self.depthwise = keras.layers.DepthwiseConv2D(
            3, strides, padding="same", name="depthwise", **channels_last
        )
        self.pointwise = keras.layers.Conv2D(filters, 1, name="pointwise", **channels_last)
        self.activation = prelu(name="activation", dtype=self.dtype_policy)

    def build(self, input_shape: tuple) -> None:
        channels = input_shape[-1]
        if channels > self.filters:
            raise ValueError(f"{channels} channels in, {self.filters} out: a block does not drop channels")
        self.depthwise.build(input_shape)
        inner = (*self.depthwise.compute_output_shape(input_shape)[:-1], channels)
        self.pointwise.build(inner)
        self.activation.build((*inner[:-1], self.filters))
        self.built = True

    def call(self, x: Any) -> Any:
        branch = self.pointwise(self.depthwise(x))
        skip = x
        if self.strides == 2:
            skip = ops.max_pool(x, 2, 2, padding="same", data_format="channels_last")
        missing = self.filters - x.shape[-1]
        if missing:
            skip = ops.pad(skip, [[0, 0], [0, 0], [0, 0], [0, missing]])
        return self.activation(branch + skip)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        batch, height, width, _ = input_shape
        halves = [None if size is None else -(-size // self.strides) for size in (height, width)]
        return (batch, *halves, self.filters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}

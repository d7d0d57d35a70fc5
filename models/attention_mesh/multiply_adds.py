"""How much arithmetic a network's layers ask for."""

from __future__ import annotations

from typing import Any

import keras

from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.layers import ResidualBlock


def multiply_adds(model: Any) -> int:
    """Multiply-adds of the convolutions of `Mesh`, `AttentionMesh`, `Cascade`, or one of their parts, an image.

    Of a cascade the eye network counts twice, as it runs twice. Sampling, activations and sums are left out: they
    are a few per cent.
    """
    if isinstance(model, keras.Sequential):
        return sum(_of_layer(layer) for layer in model.layers)
    total = sum(multiply_adds(part) for part in _parts(model))
    if isinstance(model, Cascade):
        total += sum(multiply_adds(part) for part in (model.eye_base, model.eye_trunk, *model.eye_heads))
    return total


def _parts(model: keras.Model) -> list[keras.Model]:
    return [layer for layer in model.layers if isinstance(layer, keras.Model)]


def _of_layer(layer: keras.layers.Layer) -> int:
    channels, filters = layer.input.shape[-1], layer.output.shape[-1]
    if isinstance(layer, keras.layers.Conv2D):
        _, height, width, _ = layer.output.shape
        return height * width * channels * filters * layer.kernel_size[0] * layer.kernel_size[1]
    if isinstance(layer, ResidualBlock):
        _, height, width, _ = layer.output.shape
        return height * width * channels * (9 + filters)
    return 0

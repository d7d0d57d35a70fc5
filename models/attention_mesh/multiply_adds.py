"""Multiply-adds: the amount of arithmetic of a network."""

from __future__ import annotations

import keras

from attention_mesh.models.attention_mesh.attention_mesh import AttentionMesh
from attention_mesh.models.attention_mesh.cascade import Cascade
from attention_mesh.models.attention_mesh.layers import ResidualBlock, SpatialTransformer
from attention_mesh.models.attention_mesh.regions import regions


def multiply_adds(model: keras.Model) -> int:
    """The multiply-adds of a network for one image.

    Convolutions and crops count. Activations, sums and the few hundred operations of a θ do not. The eye
    network of a cascade counts twice, because it runs twice.

    Args:
      model: a `Mesh`, `AttentionMesh` or `Cascade`, or one of their Sequential parts.
    """
    if isinstance(model, keras.Sequential):
        return sum(_of_layer(layer) for layer in model.layers)
    total = sum(multiply_adds(layer) for layer in model.layers if isinstance(layer, keras.Model))
    if isinstance(model, AttentionMesh):
        total += _of_crops(model.crop, model.preset.feature_size, model.preset.widths[1])
    if isinstance(model, Cascade):
        total += sum(multiply_adds(part) for part in (model.eye_base, model.eye_trunk, *model.eye_heads))
        total += _of_crops(model.crop, model.preset.input_size, 3)
    return total


def _of_crops(crop: SpatialTransformer, side: int, channels: int) -> int:
    """The crops of all regions from a square map."""
    cells = 4 if crop.method == "gather" else side * side
    return len(regions()) * crop.size**2 * cells * channels


def _of_layer(layer: keras.layers.Layer) -> int:
    channels, filters = layer.input.shape[-1], layer.output.shape[-1]
    if isinstance(layer, keras.layers.Conv2D):
        _, height, width, _ = layer.output.shape
        return height * width * channels * filters * layer.kernel_size[0] * layer.kernel_size[1]
    if isinstance(layer, ResidualBlock):
        _, height, width, _ = layer.output.shape
        return height * width * channels * (9 + filters)
    return 0

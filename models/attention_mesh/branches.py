"""Branches: the parts of the networks, each a keras.Sequential."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from attention_mesh.models.attention_mesh.layers import FlatVector, ResidualBlock, prelu
from attention_mesh.models.preset import Preset


def shared_trunk(preset: Preset, size: int, name: str) -> keras.Sequential:
    """From (B, size, size, 3) RGB in [0, 1] to the attention features (B, size / 4, size / 4, widths[1])."""
    first, second = preset.widths[:2]
    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            _convolution(first, 3, strides=2, padding="same", name="stem"),
            prelu(name="stem_activation"),
            *_stage(first, second),
        ],
        name=name,
    )


def mesh_trunk(preset: Preset, name: str) -> keras.Sequential:
    """From attention features to the neck of the mesh heads, (B, S, S, neck_width), S of the last stage."""
    size, channels = preset.feature_size, preset.widths[1]
    layers = [keras.Input((size, size, channels))]
    for width in preset.widths[2:]:
        layers += _stage(channels, width)
        channels = width
    layers += [ResidualBlock(channels), ResidualBlock(channels), *_neck(preset)]
    return keras.Sequential(layers, name=name)


def region_trunk(preset: Preset, name: str) -> keras.Sequential:
    """From a crop of the attention features to the map of a quarter of its size that the heads share."""
    size = preset.crop_size
    first, second, third = preset.region_widths
    layers = [keras.Input((size, size, preset.widths[1]))]
    return keras.Sequential([*layers, *_stage(first, second), *_stage(second, third)], name=name)


def region_head(preset: Preset, numbers: int, name: str) -> keras.Sequential:
    """From the region's shared map to (B, numbers)."""
    size, width = preset.crop_size // 4, preset.region_widths[2]
    return keras.Sequential(
        [
            keras.Input((size, size, width)),
            *_stage(width, width),
            ResidualBlock(width),
            ResidualBlock(width),
            *_neck(preset),
            *_regression(numbers, size // 2),
        ],
        name=name,
    )


def mesh_head(preset: Preset, numbers: int, name: str, kernel: str = "glorot_uniform") -> keras.Sequential:
    """From the neck of `mesh_trunk` to (B, numbers); `kernel` initializes the last convolution."""
    size = preset.input_size // 2 ** len(preset.widths)
    return keras.Sequential(
        [keras.Input((size, size, preset.neck_width)), *_regression(numbers, size, kernel)], name=name
    )


def _convolution(filters: int, size: int, **kwargs: Any) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(filters, size, data_format="channels_last", **kwargs)


def _stage(channels: int, width: int) -> Sequence[keras.layers.Layer]:
    """Two blocks, then a block that halves the size."""
    return [ResidualBlock(channels), ResidualBlock(channels), ResidualBlock(width, strides=2)]


def _neck(preset: Preset) -> Sequence[keras.layers.Layer]:
    return [
        _convolution(preset.neck_width, 1),
        prelu(),
        ResidualBlock(preset.neck_width),
    ]


def _regression(numbers: int, size: int, kernel: str = "glorot_uniform") -> Sequence[keras.layers.Layer]:
    """A convolution over the whole map with a flat result. It computes in float32 under any dtype policy."""
    return [
        _convolution(numbers, size, padding="valid", kernel_initializer=kernel, dtype="float32"),
        FlatVector(dtype="float32"),
    ]

"""The parts that the networks are put together of, each a keras.Sequential."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from attention_mesh.models.attention_mesh.layers import ResidualBlock
from attention_mesh.models.attention_mesh.preset import Preset


def shared_trunk(preset: Preset, size: int, name: str) -> keras.Sequential:
    """(B, size, size, 3) RGB in [0, 1] → the attention features (B, size / 4, size / 4, widths[1])."""
    first, second = preset.widths[:2]
    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            keras.layers.Conv2D(first, 3, 2, padding="same", name="stem"),
            keras.layers.PReLU(shared_axes=[1, 2], name="stem_activation"),
            *_stage(first, second),
        ],
        name=name,
    )


def mesh_trunk(preset: Preset, name: str) -> keras.Sequential:
    """The attention features → the neck of the mesh heads, (B, S, S, neck_width) at the last stage's size."""
    size, channels = preset.feature_size, preset.widths[1]
    layers = [keras.Input((size, size, channels))]
    for width in preset.widths[2:]:
        layers += _stage(channels, width)
        channels = width
    layers += [ResidualBlock(channels), ResidualBlock(channels), *_neck(preset)]
    return keras.Sequential(layers, name=name)


def region_trunk(preset: Preset, name: str) -> keras.Sequential:
    """A crop of the attention features → the map that the region's heads share, a quarter of its size."""
    size = preset.crop_size
    first, second, third = preset.region_widths
    layers = [keras.Input((size, size, preset.widths[1]))]
    return keras.Sequential([*layers, *_stage(first, second), *_stage(second, third)], name=name)


def region_head(preset: Preset, numbers: int, name: str) -> keras.Sequential:
    """The region's shared map → (B, numbers)."""
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


def mesh_head(preset: Preset, numbers: int, name: str) -> keras.Sequential:
    """The neck of `mesh_trunk` → (B, numbers)."""
    size = preset.input_size // 2 ** len(preset.widths)
    return keras.Sequential(
        [keras.Input((size, size, preset.neck_width)), *_regression(numbers, size)], name=name
    )


def _stage(channels: int, width: int) -> Sequence[keras.layers.Layer]:
    """Two blocks, then one that halves the size."""
    return [ResidualBlock(channels), ResidualBlock(channels), ResidualBlock(width, strides=2)]


def _neck(preset: Preset) -> Sequence[keras.layers.Layer]:
    return [
        keras.layers.Conv2D(preset.neck_width, 1),
        keras.layers.PReLU(shared_axes=[1, 2]),
        ResidualBlock(preset.neck_width),
    ]


def _regression(numbers: int, size: int) -> Sequence[keras.layers.Layer]:
    """A convolution over the whole map, whose result is flat. In float32, whatever the policy."""
    return [
        keras.layers.Conv2D(numbers, size, padding="valid", dtype="float32"),
        keras.layers.Reshape((numbers,), dtype="float32"),
    ]

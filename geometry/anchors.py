"""Anchors of single-shot detectors: the grids of boxes that their predictions are relative to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, sqrt

import numpy as np


@lru_cache(maxsize=16)
def ssd_anchors(
    input_size: tuple[int, int],
    strides: tuple[int, ...] = (),
    feature_map_sizes: tuple[tuple[int, int], ...] = (),
    *,
    min_scale: float = 0.2,
    max_scale: float = 0.95,
    anchor_offset: tuple[float, float] = (0.5, 0.5),
    aspect_ratios: tuple[float, ...] = (1.0,),
    interpolated_scale_aspect_ratio: float = 1.0,
    reduce_boxes_in_lowest_layer: bool = False,
    fixed_anchor_size: bool = False,
) -> np.ndarray:
    """Anchors of all layers: (A, 4) float32; x_center, y_center, width, height, as fractions of the input.

    The order is that of the networks' outputs: layer, row, column, anchor in the cell (Liu et al., SSD:
    Single Shot MultiBox Detector, 2016, section 2.2, with the face detectors' fixed sizes). The array is
    cached and read-only.

    Args:
      input_size: (width, height) of the network's input in pixels.
      strides: pixels of the input that a cell of each layer spans; neighboring layers of one stride share a
        grid, their anchors interleaved cell by cell.
      feature_map_sizes: (width, height) in cells of each layer; if given instead of strides, each layer is a
        grid of its own.
      min_scale, max_scale: size of the first and last layer's anchors as a fraction of the input; layers
        between them are spaced evenly.
      anchor_offset: (x, y) of an anchor's center in its cell, in cells.
      aspect_ratios: width by height of the anchors of each cell and layer.
      interpolated_scale_aspect_ratio: aspect ratio of one more anchor per cell and layer, with the geometric
        mean of this layer's scale and the next one's (1 after the last); 0 for none.
      reduce_boxes_in_lowest_layer: the first layer has three anchors per cell: ratio 1 at scale 0.1, ratios 2
        and ½ at the layer's scale.
      fixed_anchor_size: every anchor is 1 × 1; for networks that predict sizes and not their ratios.

    Raises:
      ValueError: neither or both of strides and feature_map_sizes are given.
    """
    if bool(strides) == bool(feature_map_sizes):
        raise ValueError("give either strides or feature_map_sizes, one entry per layer")
    num_layers = len(strides) or len(feature_map_sizes)

    def scale_of(layer: int) -> float:
        if num_layers == 1:
            return (min_scale + max_scale) / 2
        return min_scale + (max_scale - min_scale) * layer / (num_layers - 1)

    def anchor_sizes(layer: int) -> list[tuple[float, float]]:
        """(width, height) of the anchors that `layer` puts into each cell."""
        scale = scale_of(layer)
        if layer == 0 and reduce_boxes_in_lowest_layer:
            shapes = [(1.0, 0.1), (2.0, scale), (0.5, scale)]
        else:
            shapes = [(ratio, scale) for ratio in aspect_ratios]
            if interpolated_scale_aspect_ratio > 0:
                following = 1.0 if layer == num_layers - 1 else scale_of(layer + 1)
                shapes.append((interpolated_scale_aspect_ratio, sqrt(scale * following)))
        return [(size * sqrt(ratio), size / sqrt(ratio)) for ratio, size in shapes]

    grids = []
    layer = 0
    while layer < num_layers:
        sizes = anchor_sizes(layer)
        first = layer
        layer += 1
        while strides and layer < num_layers and strides[layer] == strides[first]:
            sizes += anchor_sizes(layer)
            layer += 1
        if strides:
            columns, rows = (ceil(extent / strides[first]) for extent in input_size)
        else:
            columns, rows = feature_map_sizes[first]
        grid = np.empty((rows, columns, len(sizes), 4))
        grid[..., 0] = ((np.arange(columns) + anchor_offset[0]) / columns)[None, :, None]
        grid[..., 1] = ((np.arange(rows) + anchor_offset[1]) / rows)[:, None, None]
        grid[..., 2:] = 1.0 if fixed_anchor_size else np.array(sizes)
        grids.append(grid.reshape(-1, 4))
    anchors = np.concatenate(grids).astype(np.float32)
    anchors.flags.writeable = False
    return anchors


def multiscale_anchors(
    input_size: tuple[int, int],
    grids: Sequence[tuple[int, int]],
    *,
    min_level: int = 3,
    anchor_scale: float = 4.0,
    scales_per_octave: int = 2,
    aspect_ratios: Sequence[float] = (1.0,),
    normalize: bool = True,
) -> np.ndarray:
    """Anchors of all levels, as in RetinaNet: (A, 4) float32; x_center, y_center, width, height.

    The order is level, row, column, aspect ratio, size. An anchor stands in the middle of its cell, or in its
    corner along an axis on which the input is no multiple of the cell (Lin et al., Focal Loss for Dense
    Object Detection, 2017, section 4, as TensorFlow's and MediaPipe's generators have it).

    Args:
      input_size: (width, height) of the network's input in pixels.
      grids: (columns, rows) of each level in cells, the first that of `min_level`; a cell of level n spans
        2^n pixels.
      anchor_scale: the smallest anchors' side over that of their cell.
      scales_per_octave: sizes per cell, evenly spread, as a ratio, up to twice the smallest.
      aspect_ratios: width by height of the anchors, each in all sizes.
      normalize: as fractions of the input, else in pixels.
    """
    sizes = 2.0 ** (np.arange(scales_per_octave) / scales_per_octave)
    roots = np.sqrt(np.asarray(aspect_ratios, np.float64))
    widths = (roots[:, None] * sizes).ravel()
    heights = (sizes / roots[:, None]).ravel()
    levels = []
    for level, (columns, rows) in enumerate(grids, min_level):
        stride = 2.0**level
        middle = [stride / 2 if extent % 2**level == 0 or extent == 1 else 0.0 for extent in input_size]
        cells = np.empty((rows, columns, len(widths), 4))
        cells[..., 0] = (np.arange(columns) * stride + middle[0])[None, :, None]
        cells[..., 1] = (np.arange(rows) * stride + middle[1])[:, None, None]
        cells[..., 2] = widths * stride * anchor_scale
        cells[..., 3] = heights * stride * anchor_scale
        levels.append(cells.reshape(-1, 4))
    anchors = np.concatenate(levels)
    if normalize:
        anchors /= np.tile(input_size, 2)
    return anchors.astype(np.float32)

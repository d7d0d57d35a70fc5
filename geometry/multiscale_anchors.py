"""Anchors as RetinaNet has them: several sizes and shapes a cell, on levels whose cells double in width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
    """All levels' anchors: (A, 4) float32; x_center, y_center, width, height.

    input_size: (width, height) of the network's input in pixels.
    grids: (columns, rows) of each level in cells, the first that of `min_level`; a cell of level n spans
        2^n pixels.
    anchor_scale: the smallest anchors' side over that of their cell.
    scales_per_octave: sizes a cell, evenly spread, as a ratio, up to twice the smallest.
    aspect_ratios: width by height of the anchors, each in all sizes.
    normalize: as fractions of the input, else in pixels.

    The order is level, row, column, aspect ratio, size. An anchor stands in the middle of its cell, or in its
    corner along an axis on which the input is no multiple of the cell (Lin et al., Focal Loss for Dense
    Object Detection, 2017, section 4, as TensorFlow's and MediaPipe's generators have it).
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

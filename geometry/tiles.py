"""Overlapping square tiles of a frame, so that a detector of a small input sees small faces larger."""

from __future__ import annotations

from math import ceil

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects

MIN_TILE_PX = 384
"""Below this a tile of a frame up to twice as long as high holds no detail that the whole frame, shrunk to
the full-range detector's 192 pixels, loses by more than a factor of two."""

_LEAST_PX = 192
"""The full-range detector's input: a smaller tile would only be enlarged."""

_MOST_TILES = 64


def frame_tiles(size: tuple[int, int], min_tile_px: int = MIN_TILE_PX) -> NormalizedRects:
    """Squares of the frame's short side that cover it, each overlapping the next by half or more.

    size: (width, height) of the frame in pixels. A frame of 16:9 gives three, one of 4:3 two; a square one,
    or one that is neither min_tile_px high nor more than twice as long, gives the whole frame as the only
    rectangle. In a strip squares are no smaller than 192 pixels, and at most 64: they then reach beyond its
    long sides. Whatever is no longer than half a square lies whole in one of them.
    """
    width, height = size
    side = max(min(size), min(_LEAST_PX, max(size)), ceil(2 * max(size) / (_MOST_TILES + 1)))
    count = ceil(2 * (max(size) - side) / side) + 1
    if count == 1 or (side < min_tile_px and max(size) <= 2 * side):
        return NormalizedRects.whole_frame()
    values = np.zeros((count, 5), np.float32)
    values[:, :2] = 0.5
    values[:, 2] = side / width
    values[:, 3] = side / height
    reach = 0.5 * side / max(size)
    values[:, 0 if width > height else 1] = np.linspace(reach, 1 - reach, count)
    return NormalizedRects(values)

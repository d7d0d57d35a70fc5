"""Triangle buffer: the nearest triangle at each pixel of a picture, in NumPy."""

from __future__ import annotations

import numpy as np

# Rows of neighbors that share an edge overlap by this much, so that rounding leaves no holes.
_OVERLAP_PX = 1e-3
_FAR_AWAY = np.float32(1e7)


def triangle_buffer(
    corners: np.ndarray, nearness: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest triangle at each pixel's center.

    The triangles are cut into their rows of pixels, so that only pixels inside them are ever touched.

    Args:
        corners: (T, 3, 2) float32; x, y in pixels, origin at the top left corner, y down; either winding.
        nearness: (T, 3) float32 above 0, larger is nearer, and linear on the screen: 1 / depth.
        height: of the picture in pixels.
        width: of the picture in pixels.

    Returns:
        (height, width) int32 indices of triangles, T where there is none, and (height, width) float32
        nearness, 0 where there is none.
    """
    corners = np.asarray(corners, np.float32)
    x, y = corners[..., 0], corners[..., 1]
    highest, lowest = extremes(y)
    top = np.ceil(np.clip(highest - 0.5, 0, height)).astype(np.int32)
    bottom = np.floor(np.clip(lowest - 0.5, -1, height - 1)).astype(np.int32)
    rows = np.maximum(bottom - top + 1, 0)
    triangle, row = _ranges(rows)
    row += top[triangle]
    middle = row + np.float32(0.5)
    lower, upper = np.full_like(middle, -_FAR_AWAY), np.full_like(middle, _FAR_AWAY)
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    for a, b in ((0, 1), (1, 2), (2, 0)):
        rise = y[:, b] - y[:, a]
        level = rise == 0
        slope = (x[:, b] - x[:, a]) / np.where(level, 1, rise)
        offset = x[:, a] - slope * y[:, a]
        # y points down: with a positive area, the inside is to the left of an edge that goes down.
        is_upper = (rise > 0) == (area > 0)
        edge = slope[triangle] * middle + offset[triangle]
        bounds_above = (is_upper & ~level)[triangle]
        bounds_below = (~is_upper & ~level)[triangle]
        np.minimum(upper, edge, out=upper, where=bounds_above)
        np.maximum(lower, edge, out=lower, where=bounds_below)
    first = np.ceil(np.clip(lower - (0.5 + _OVERLAP_PX), 0, width)).astype(np.int32)
    last = np.floor(np.clip(upper - (0.5 - _OVERLAP_PX), -1, width - 1)).astype(np.int32)
    span, column = _ranges(np.maximum(last - first + 1, 0))
    column += first[span]
    triangle, row = triangle[span], row[span]

    plane = screen_planes(corners, nearness[..., None])[:, :, 0]
    start, by_x, by_y = plane[:, 0], plane[:, 1], plane[:, 2]
    near = start[triangle] + by_x[triangle] * (column + np.float32(0.5)) + by_y[triangle] * (row + 0.5)
    # A positive float's bits, read as an integer, are in the float's order.
    key = np.maximum(near, np.float32(1e-30)).astype(np.float32).view(np.int32).astype(np.int64)
    key = (key << 32) | triangle
    nearest = np.zeros(height * width, np.int64)
    np.maximum.at(nearest, row * width + column, key)
    indices = (nearest & 0xFFFFFFFF).astype(np.int32)
    found = (nearest >> 32).astype(np.int32).view(np.float32)
    indices[nearest == 0] = len(corners)
    return indices.reshape(height, width), found.reshape(height, width)


def extremes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T,) least and greatest of (T, 3); several times as fast as min and max along an axis of three."""
    a, b, c = values.T
    return np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)


def screen_planes(corners: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values at the corners of triangles as linear functions on the screen.

    Args:
        corners: (T, 3, 2) float32, x and y.
        values: (T, 3, D) float32.

    Returns:
        (T, 3, D) float32: the value at x, y is row 0 + row 1 · x + row 2 · y.
    """
    edge_1, edge_2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = edge_1[:, 0] * edge_2[:, 1] - edge_2[:, 0] * edge_1[:, 1]
    by_area = 1 / np.where(np.abs(area) < 1e-6, np.inf, area)[:, None]
    rise_1, rise_2 = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    planes = np.empty_like(values)
    planes[:, 1] = (rise_1 * edge_2[:, 1:] - rise_2 * edge_1[:, 1:]) * by_area
    planes[:, 2] = (rise_2 * edge_1[:, :1] - rise_1 * edge_2[:, :1]) * by_area
    planes[:, 0] = values[:, 0] - planes[:, 1] * corners[:, 0, :1] - planes[:, 2] * corners[:, 0, 1:]
    return planes


def _ranges(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of `counts` that many entries: (N,) int32 its index, and (N,) int32 0, 1, 2 … within it."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    starts = (np.cumsum(counts) - counts).astype(np.int32)
    return owner, np.arange(len(owner), dtype=np.int32) - starts[owner]

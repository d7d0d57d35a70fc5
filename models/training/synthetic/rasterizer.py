"""Rasterizer: the triangle that each pixel shows, in numpy."""

from __future__ import annotations

import numpy as np


def rasterize(
    vertices: np.ndarray, triangles: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """The triangle at each pixel's center, and the place in it.

    Args:
        vertices: (V, 3): x, y in pixels, origin at the top left corner, y down; depth, larger is farther.
        triangles: (T, 3). A triangle that is clockwise on the screen shows its back and is not drawn.
        height: of the picture in pixels.
        width: of the picture in pixels.

    Returns:
        (height, width) int32 triangle indices, −1 if there is none, and (height, width, 3) float32 shares of
        the triangle's corners, linear on the screen.
    """
    corners = vertices[triangles].astype(np.float32)
    x, y, depth = corners[:, :, 0], corners[:, :, 1], corners[:, :, 2]
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    left = np.maximum(np.ceil(x.min(1) - 0.5), 0).astype(np.int32)
    right = np.minimum(np.floor(x.max(1) - 0.5), width - 1).astype(np.int32)
    top = np.maximum(np.ceil(y.min(1) - 0.5), 0).astype(np.int32)
    bottom = np.minimum(np.floor(y.max(1) - 0.5), height - 1).astype(np.int32)
    # y points down, so a triangle that appears counter-clockwise has a negative area.
    drawn = np.flatnonzero((area < 0) & (right >= left) & (bottom >= top))
    wide, high = right[drawn] - left[drawn] + 1, bottom[drawn] - top[drawn] + 1
    counts = wide * high

    # All pixels of the boxes around the triangles.
    owner = np.repeat(np.arange(len(drawn)), counts)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(offset, wide[owner])
    triangle = drawn[owner]
    column, row = column + left[triangle], row + top[triangle]
    px, py = column + np.float32(0.5), row + np.float32(0.5)
    safe_area = np.where(area < 0, area, -1)  # avoids a division by 0
    shares = np.empty((3, len(owner)), np.float32)
    for corner in range(3):
        a, b = (corner + 1) % 3, (corner + 2) % 3
        slope_x, slope_y = (y[:, a] - y[:, b]) / safe_area, (x[:, b] - x[:, a]) / safe_area
        shares[corner] = slope_x[triangle] * (px - x[triangle, a]) + slope_y[triangle] * (py - y[triangle, a])
    inside = (shares >= 0).all(0)
    triangle, shares = triangle[inside], shares[:, inside]
    pixel = row[inside] * width + column[inside]
    far = np.einsum("cn,nc->n", shares, depth[triangle])

    nearest = np.full(height * width, np.inf, np.float32)
    np.minimum.at(nearest, pixel, far)
    seen = far == nearest[pixel]
    indices = np.full(height * width, -1, np.int32)
    weights = np.zeros((height * width, 3), np.float32)
    indices[pixel[seen]] = triangle[seen]
    weights[pixel[seen]] = shares[:, seen].T
    return indices.reshape(height, width), weights.reshape(height, width, 3)


def interpolate(corners: np.ndarray, indices: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(N, D) values of N pixels from values (T, 3, D) at the triangles' corners."""
    return np.einsum("nc,ncd->nd", weights, corners[indices])

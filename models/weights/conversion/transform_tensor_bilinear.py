"""`TransformTensorBilinear`: samples a feature map on a transformed grid.

The custom operator of the released attention model, as a formula and as built-in operators.
"""

from __future__ import annotations

import numpy as np

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter

# Any distance outside the map, however small, times this is at least one.
_OUTSIDE = 1e30


def transform_tensor_bilinear(
    features: np.ndarray, matrix: np.ndarray, height: int, width: int
) -> np.ndarray:
    """features (N, H, W, C), matrix (N, 4, 4) → (N, height, width, C) float64.

    Cell (x, y) samples at T·(x + ½, y + ½) − ½, bilinearly. A sample outside [0, W−1] × [0, H−1] is zero,
    with no blending at the border.
    """
    features = np.asarray(features, np.float64)
    rows, columns = features.shape[1:3]
    y, x = np.meshgrid(np.arange(height) + 0.5, np.arange(width) + 0.5, indexing="ij")
    cells = np.stack([x, y, np.ones_like(x)], -1)
    at = np.einsum("nij,hwj->nhwi", np.asarray(matrix, np.float64)[:, :2][..., [0, 1, 3]], cells) - 0.5
    limit = np.array([columns - 1, rows - 1])
    inside = ((at >= 0) & (at <= limit)).all(-1)
    at = np.clip(at, 0, limit)
    base = np.minimum(np.floor(at), limit - 1).astype(int)
    fx, fy = np.moveaxis(at - base, -1, 0)[..., None]
    face = np.arange(len(features))[:, None, None]
    column, row = base[..., 0], base[..., 1]
    top = features[face, row, column] * (1 - fx) + features[face, row, column + 1] * fx
    bottom = features[face, row + 1, column] * (1 - fx) + features[face, row + 1, column + 1] * fx
    return (top * (1 - fy) + bottom * fy) * inside[..., None]


def write_transform_tensor_bilinear(
    writer: OperatorWriter, features: int, matrices: int, height: int, width: int
) -> int:
    """features (N, H, W, C), matrices (N, R, 2, 3) → (N, height, width, R·C), region by region in a cell.

    The matrices are those of `write_transform_matrices`. The sample positions are linear in them, so one
    fully connected layer gives all; floor, weights and the mask of samples outside are arithmetic on
    float32, so that a delegate can take them; only the integer indices and the look-up are not.
    """
    _, rows, columns, channels = writer.graph.shape(features)
    count = writer.graph.shape(matrices)[1]
    cells = height * width * count

    # x and y of every (row, column, region), from all entries of all matrices.
    grid = np.zeros((2, height, width, count, count, 2, 3))
    y, x = np.meshgrid(np.arange(height) + 0.5, np.arange(width) + 0.5, indexing="ij")
    for region in range(count):
        for axis in range(2):
            grid[axis, :, :, region, region, axis] = np.stack([x, y, np.ones_like(x)], -1)
    flat = writer.reshape(matrices, (count * 6,))
    weights = grid.reshape(2 * cells, count * 6)
    at = writer.reshape(writer.fully_connected(flat, weights, np.full(2 * cells, -0.5)), (2, cells))

    limit = np.array([[columns - 1.0], [rows - 1.0]])
    clipped = writer.minimum(writer.maximum(at, 0.0), limit)
    base = writer.minimum(writer.floor(clipped), limit - 1)
    fraction = writer.subtract(clipped, base)
    beyond = writer.absolute(writer.subtract(at, clipped))
    outside = writer.add(writer.slice(beyond, 1, 0, 1), writer.slice(beyond, 1, 1, 2))
    inside = writer.relu(writer.add(writer.multiply(outside, -_OUTSIDE), 1.0))

    fx, fy = writer.slice(fraction, 1, 0, 1), writer.slice(fraction, 1, 1, 2)
    # Rows of the four neighbours in the order (0,0), (0,1), (1,0), (1,1), as (row, column).
    low_y = writer.multiply(inside, writer.add(writer.multiply(fy, -1.0), 1.0))
    high_y = writer.multiply(inside, fy)
    across = writer.join([low_y, low_y, high_y, high_y], 1)
    low_x = writer.add(writer.multiply(fx, -1.0), 1.0)
    along = writer.join([low_x, fx, low_x, fx], 1)
    weight = writer.reshape(writer.multiply(across, along), (4, cells, 1))

    first = writer.add(
        writer.multiply(writer.slice(base, 1, 1, 2), float(columns)), writer.slice(base, 1, 0, 1)
    )
    neighbours = np.array([[0.0], [1.0], [columns], [columns + 1.0]])
    index = writer.to_int(writer.add(first, neighbours))
    samples = writer.pick_rows(writer.reshape(features, (rows * columns, channels)), index)
    crop = writer.sum_axis(writer.multiply(samples, weight), 1)
    return writer.reshape(crop, (height, width, count * channels))

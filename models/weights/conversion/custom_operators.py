"""MediaPipe's custom operators of the attention model: each as a formula and as built-in operators.

`Landmarks2TransformMatrix` gives the transform of a region's crop, `TransformTensorBilinear` samples the
crop, and `TransformLandmarks` moves the landmarks of the crop back to the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter

# Keeps 1 / length finite if both ends of the rotation line coincide. The line then counts as horizontal, as
# atan2(0, 0) = 0 says. It vanishes in rounding for any real pair of landmarks.
_LEVEL = 1e-12
# Any distance outside the map, however small, times this is at least one.
_OUTSIDE = 1e30


@dataclass(frozen=True)
class RegionOptions:
    """The options of `Landmarks2TransformMatrix`: which landmarks span a region, and how its crop lies.

    `subset` are the landmark indices whose rotated bounding box is cropped. The line from landmark
    `rotation_left` to landmark `rotation_right` is turned to `target_rotation_rad`. The crop has
    `height` × `width` cells and spans `scale_y`, `scale_x` times the box.
    """

    subset: tuple[int, ...]
    rotation_left: int
    rotation_right: int
    target_rotation_rad: float
    height: int
    width: int
    scale_x: float
    scale_y: float

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> RegionOptions:
        """Reads the operator's FlexBuffers map. An odd `subset_idxs` repeats its last entry."""
        subset = [int(index) for index in options["subset_idxs"]]
        return cls(
            subset=tuple(subset + subset[-1:] * (len(subset) % 2)),
            rotation_left=int(options["left_rotation_idx"]),
            rotation_right=int(options["right_rotation_idx"]),
            target_rotation_rad=float(options["target_rotation_radians"]),
            height=int(options["output_height"]),
            width=int(options["output_width"]),
            scale_x=float(options["scale_x"]),
            scale_y=float(options["scale_y"]),
        )


def transform_matrix(landmarks: np.ndarray, region: RegionOptions) -> np.ndarray:
    """The transform from crop cells to landmark coordinates, both with the origin at the corner.

    r = target − atan2(rise, run) of the rotation pair; the subset turned by r has the box (w, h) with
    midpoint m; T = Shift(R(−r)·m) · R(−r) · Scale(scale_x·w/width, scale_y·h/height) · Shift(−size/2).

    Args:
      landmarks: (N, P, 2 or more).
      region: the options of the operator.

    Returns:
      (N, 4, 4) float64.
    """
    points = np.asarray(landmarks, np.float64)[..., :2]
    line = points[:, region.rotation_right] - points[:, region.rotation_left]
    angle = region.target_rotation_rad - np.arctan2(line[:, 1], line[:, 0])
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], 1)
    turned = np.einsum("nij,npj->npi", rotation, points[:, list(region.subset)])
    low, high = turned.min(1), turned.max(1)
    size = np.array([region.width, region.height], np.float64)
    cell = np.array([region.scale_x, region.scale_y]) * (high - low) / size
    back = rotation.transpose(0, 2, 1)
    matrix = np.tile(np.eye(4), (len(points), 1, 1))
    matrix[:, :2, :2] = back * cell[:, None]
    corner = (low + high) / 2 - cell * size / 2
    matrix[:, :2, 3] = np.einsum("nij,nj->ni", back, corner)
    return matrix


def write_transform_matrices(
    writer: OperatorWriter,
    landmarks: int,
    regions: Sequence[RegionOptions],
    scale: float,
    dimensions: int = 3,
) -> int:
    """Writes the operator for all regions at once; returns the tensor (N, R, 2, 3) of T's rows.

    `landmarks` is (N, P·dimensions), interleaved x, y(, z), and is multiplied by `scale` first. The three
    columns of the result are T's first, second and fourth.
    """
    return write_from_points(
        writer, writer.pick(landmarks, point_places(regions, dimensions)), regions, scale
    )


def point_places(regions: Sequence[RegionOptions], dimensions: int = 3) -> np.ndarray:
    """(R, P + 2, 2) int32: where in a flat landmark vector the x and y of each region's points lie.

    The subset, its last point repeated up to the longest subset, then the two ends of the rotation line.
    """
    longest = max(len(region.subset) for region in regions)
    rows = [
        [*region.subset, *region.subset[-1:] * (longest - len(region.subset))]
        + [region.rotation_left, region.rotation_right]
        for region in regions
    ]
    return np.asarray(rows, np.int32)[..., None] * dimensions + np.arange(2, dtype=np.int32)


def write_from_points(
    writer: OperatorWriter, points: int, regions: Sequence[RegionOptions], scale: float
) -> int:
    """As `write_transform_matrices`, from points (N, R, P + 2, 2) that are picked but not scaled.

    Angles never appear: cos r and sin r are the line's direction, turned by the target. One product with
    [R(r)ᵀ | −R(r)ᵀ] turns all points and their negatives, so that one maximum gives both ends of the box.
    """
    count, places = writer.graph.shape(points)[1:3]
    subset = writer.slice(points, 2, 0, places - 2)
    ends = writer.reshape(writer.slice(points, 2, places - 2, places), (count, 4))

    targets = {region.target_rotation_rad for region in regions}
    sizes = {(region.height, region.width, region.scale_x, region.scale_y) for region in regions}
    if len(targets) != 1 or len(sizes) != 1:
        raise ValueError(f"regions of one size, scale and target are expected, got {sizes} and {targets}")

    # The direction gives the entries of [R(r)ᵀ | −R(r)ᵀ], R(r)ᵀ = [[cos, sin], [−sin, cos]], times length.
    target = targets.pop()
    cos_t, sin_t = np.cos(target), np.sin(target)
    cos = np.array([cos_t, sin_t])
    sin = np.array([sin_t, -cos_t])
    entries = np.stack([cos, sin, -cos, -sin, -sin, cos, sin, -cos])
    ends_to_line = np.array([[-1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]])
    turns = writer.add(writer.fully_connected(ends, entries @ ends_to_line), entries @ [_LEVEL, 0.0])
    # The eight squares sum to 4·length², so this leaves every entry at half its value …
    turns = writer.multiply(turns, writer.reciprocal_root(writer.sum_last(writer.square(turns))))
    turns = writer.reshape(turns, (count, 2, 4))
    box = writer.max_pool(writer.matrix_product(subset, turns), 1, places - 2)

    # … and the box, and the product with `turns` below: a factor of four makes up for both.
    region = regions[0]
    high, low = np.eye(4)[:2], -np.eye(4)[2:]
    extent, middle = high - low, (high + low) / 2
    scales, size = np.array([region.scale_x, region.scale_y]), np.array([region.width, region.height])
    cell = extent * (scales / size)[:, None]
    corner = middle - extent * (scales / 2)[:, None]
    nothing = np.zeros(4)
    rows = [cell[0], nothing, corner[0], nothing, cell[1], corner[1]] + [nothing] * 6
    layout = writer.fully_connected(box, 4.0 * scale * np.stack(rows))
    return writer.matrix_product(turns, writer.reshape(layout, (count, 4, 3)))


def transform_tensor_bilinear(
    features: np.ndarray, matrix: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Samples a crop (N, height, width, C) float64 from features (N, H, W, C) by a matrix (N, 4, 4).

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
    """Writes the operator for all regions at once; returns the tensor (N, height, width, R·C).

    Each cell holds the channels of region after region. `features` is (N, H, W, C), `matrices` (N, R, 2, 3).
    The matrices are those of `write_transform_matrices`. The sample positions are linear in them, so one
    fully connected layer gives all. Floor, weights and the mask of samples outside are arithmetic on float32,
    so that a delegate can run them; only the integer indices and the look-up are not.
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
    # Rows of the four neighbors in the order (0,0), (0,1), (1,0), (1,1), as (row, column).
    low_y = writer.multiply(inside, writer.add(writer.multiply(fy, -1.0), 1.0))
    high_y = writer.multiply(inside, fy)
    across = writer.join([low_y, low_y, high_y, high_y], 1)
    low_x = writer.add(writer.multiply(fx, -1.0), 1.0)
    along = writer.join([low_x, fx, low_x, fx], 1)
    weight = writer.reshape(writer.multiply(across, along), (4, cells, 1))

    first = writer.add(
        writer.multiply(writer.slice(base, 1, 1, 2), float(columns)), writer.slice(base, 1, 0, 1)
    )
    neighbors = np.array([[0.0], [1.0], [columns], [columns + 1.0]])
    index = writer.to_int(writer.add(first, neighbors))
    samples = writer.pick_rows(writer.reshape(features, (rows * columns, channels)), index)
    crop = writer.sum_axis(writer.multiply(samples, weight), 1)
    return writer.reshape(crop, (height, width, count * channels))


def transform_landmarks(landmarks: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Moves landmarks (N, P, 2 or 3) by a matrix (N, 4, 4); the result is float64.

    x' = T00·x + T01·y + T03, y' = T10·x + T11·y + T13; z passes through.
    """
    moved = np.array(landmarks, np.float64)
    matrix = np.asarray(matrix, np.float64)
    moved[..., :2] = np.einsum("nij,npj->npi", matrix[:, :2, :2], moved[..., :2]) + matrix[:, None, :2, 3]
    return moved


def write_transform_landmarks(writer: OperatorWriter, points: int, matrices: int) -> int:
    """Writes the operator for all heads at once; returns the tensor (N, H, P, 2).

    `points` is (N, H, P, 3) with x, y and 1, `matrices` (N, H, 2, 3). The matrices are those of
    `write_transform_matrices`, one per head. The points are homogeneous, so that one product moves all. A
    last coordinate k instead of 1 also multiplies the shift by k.
    """
    return writer.matrix_product(points, matrices, transpose_y=True)

"""`Landmarks2TransformMatrix`: from landmarks to the transform of a region's crop.

The custom operator of the released attention model, as a formula and as built-in operators.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.region import Region

# Keeps 1 / length finite where both ends of the rotation line coincide: the line then counts as level, as
# atan2(0, 0) = 0 says. Lost in rounding for any real pair of landmarks.
_LEVEL = 1e-12


def transform_matrix(landmarks: np.ndarray, region: Region) -> np.ndarray:
    """(N, P, ≥2) landmarks → (N, 4, 4) float64, crop cells → landmark coordinates (corner origin).

    r = target − atan2(rise, run) of the rotation pair; the subset turned by r has the box (w, h) with
    midpoint m; T = Shift(R(−r)·m) · R(−r) · Scale(scale_x·w/width, scale_y·h/height) · Shift(−size/2).
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
    writer: OperatorWriter, landmarks: int, regions: Sequence[Region], scale: float, dimensions: int = 3
) -> int:
    """Writes the operator for all regions at once; returns the tensor (N, R, 2, 3) of T's rows.

    `landmarks` is (N, P·dimensions), interleaved x, y(, z), and is multiplied by `scale` first. The three
    columns of the result are T's first, second and fourth.
    """
    return write_from_points(
        writer, writer.pick(landmarks, point_places(regions, dimensions)), regions, scale
    )


def point_places(regions: Sequence[Region], dimensions: int = 3) -> np.ndarray:
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


def write_from_points(writer: OperatorWriter, points: int, regions: Sequence[Region], scale: float) -> int:
    """As `write_transform_matrices`, from points (N, R, P + 2, 2) already picked, not yet scaled.

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

    # direction → the eight entries of [R(r)ᵀ | −R(r)ᵀ], R(r)ᵀ = [[cos, sin], [−sin, cos]], times length.
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

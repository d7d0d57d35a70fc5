"""The nearest triangle at each pixel, compared with a test of every pixel against every triangle."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.avatar.triangle_buffer import screen_planes, triangle_buffer


def by_every_pixel(corners: np.ndarray, nearness: np.ndarray, height: int, width: int) -> np.ndarray:
    """(T, height, width) nearness of each triangle, −1 outside of it and NaN within rounding of its edge."""
    y, x = np.mgrid[:height, :width] + 0.5
    found = np.full((len(corners), height, width), -1.0)
    for row, ((a, b, c), near) in enumerate(zip(corners.astype(float), nearness, strict=True)):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        shares = []
        for p, q in ((b, c), (c, a), (a, b)):
            shares.append(((q[0] - p[0]) * (y - p[1]) - (x - p[0]) * (q[1] - p[1])) / area)
        inside = np.min(shares, axis=0)
        found[row] = np.where(inside > 0, np.tensordot(near, shares, 1), -1)
        found[row][np.abs(inside) < 0.02] = np.nan
    return found


@pytest.mark.parametrize("seed", range(6))
def test_random_triangles(seed: int) -> None:
    rng, height, width = np.random.default_rng(seed), 40, 56
    middles = rng.uniform((-10, -10), (width + 10, height + 10), (40, 1, 2))
    corners = (middles + rng.uniform(-14, 14, (40, 3, 2))).astype(np.float32)
    nearness = rng.uniform(0.01, 0.05, (40, 3)).astype(np.float32)
    index, nearest = triangle_buffer(corners, nearness, height, width)
    every = by_every_pixel(corners, nearness, height, width)
    sure = np.isfinite(every).all(0)
    assert sure.mean() > 0.4
    expected = np.where(every.max(0) > 0, every.argmax(0), len(corners))
    np.testing.assert_array_equal(index[sure], expected[sure])
    shown = sure & (expected < len(corners))
    np.testing.assert_allclose(nearest[shown], every.max(0)[shown], rtol=1e-3)
    assert (nearest[sure & ~shown] == 0).all()


def test_neighbors_leave_no_holes_and_reach_no_farther() -> None:
    """A square of many triangles covers each of its pixels."""
    rng = np.random.default_rng(3)
    side = np.linspace(5, 45, 14)
    grid = np.stack(np.meshgrid(side, side), -1)
    grid[1:-1, 1:-1] += rng.uniform(-1, 1, (12, 12, 2))
    points = grid.reshape(-1, 2).astype(np.float32)
    a = (np.arange(13)[:, None] * 14 + np.arange(13)).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + 14], 1), np.stack([a + 1, a + 15, a + 14], 1)])
    index, _ = triangle_buffer(points[triangles], np.ones((len(triangles), 3), np.float32), 50, 50)
    covered = index < len(triangles)
    assert covered[5:45, 5:45].all()
    assert covered.sum() == 40 * 40


def test_flat_lines_points_and_far_triangles_show_nothing_and_break_nothing() -> None:
    corners = np.array(
        [
            [[3, 3], [9, 3], [6, 3]],
            [[4, 4], [4, 4], [4, 4]],
            [[1e7, 0], [1e7, 9], [2e7, 5]],
            [[-50, -50], [-40, -50], [-45, -40]],
        ],
        np.float32,
    )
    index, _ = triangle_buffer(corners, np.ones((4, 3), np.float32), 12, 12)
    assert (index[:3] == 4).all() and (index[6:] == 4).all()


def test_planes_give_the_corners_values_back() -> None:
    rng = np.random.default_rng(1)
    corners, values = rng.uniform(0, 50, (20, 3, 2)).astype(np.float32), rng.normal(size=(20, 3, 4))
    planes = screen_planes(corners, values.astype(np.float32))
    at = planes[:, None, 0] + planes[:, None, 1] * corners[..., :1] + planes[:, None, 2] * corners[..., 1:]
    np.testing.assert_allclose(at, values, atol=1e-3)

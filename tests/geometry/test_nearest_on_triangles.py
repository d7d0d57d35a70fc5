"""Nearest point of a surface: inside a triangle, on its edge, at its corner; equal to a fine search."""

import numpy as np
import pytest

from attention_mesh.geometry.nearest_on_triangles import nearest_on_triangles

TRIANGLE = np.array([[[0, 0, 0], [4, 0, 0], [0, 4, 0]]], float)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ([1, 1, 5], [1, 1, 0]),  # above it
        ([2, -3, 0], [2, 0, 0]),  # beside an edge
        ([9, -1, 2], [4, 0, 0]),  # past a corner
        ([3, 3, 0], [2, 2, 0]),  # beside the slope
    ],
)
def test_one_triangle(point, expected):
    triangle, shares = nearest_on_triangles(np.array([point], float), TRIANGLE)
    assert triangle.tolist() == [0]
    np.testing.assert_allclose(shares @ TRIANGLE[0], [expected], atol=1e-12)
    assert shares.sum() == pytest.approx(1)


def test_many_triangles_against_a_search_over_dense_samples():
    rng = np.random.default_rng(0)
    corners = rng.normal(size=(50, 1, 3)) + 0.3 * rng.normal(size=(50, 3, 3))
    points = rng.normal(size=(20, 3))
    found, shares = nearest_on_triangles(points, corners)
    nearest = np.einsum("nc,ncd->nd", shares, corners[found])
    samples = np.einsum("sc,tcd->tsd", rng.dirichlet([1, 1, 1], 4000), corners).reshape(-1, 3)
    for point, ours in zip(points, nearest, strict=True):
        searched = np.linalg.norm(samples - point, axis=1).min()
        assert np.linalg.norm(ours - point) <= searched + 1e-9
        assert np.linalg.norm(ours - point) == pytest.approx(searched, abs=0.03)  # the samples' spacing

"""MeshPoints: points that move with a mesh."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.mesh_points import MeshPoints

VERTICES = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [5, 5, 5]], float)


def test_points_are_means_of_their_vertices():
    points = MeshPoints(np.array([[0, 1, 2], [3, 3, 3]]), np.array([[0.5, 0.25, 0.25], [1, 0, 0]]))
    np.testing.assert_allclose(points.on(VERTICES), [[0.5, 0.5, 0], [5, 5, 5]])
    meshes = np.stack([VERTICES, VERTICES + 1])
    np.testing.assert_allclose(points.on(meshes)[1], [[1.5, 1.5, 1], [6, 6, 6]])


def test_the_nearest_point_of_a_triangle_is_found():
    points = MeshPoints.nearest(np.array([[0.5, 0.5, 3.0]]), VERTICES, np.array([[0, 1, 2]]))
    np.testing.assert_allclose(points.on(VERTICES), [[0.5, 0.5, 0]], atol=1e-9)


def test_points_at_vertices_are_the_vertices():
    np.testing.assert_array_equal(MeshPoints.at_vertices([3, 1]).on(VERTICES), VERTICES[[3, 1]])


@pytest.mark.parametrize(
    ("vertices", "shares", "said"),
    [
        (np.zeros((2, 3)), np.ones((2, 3)) / 3, "expected integers"),
        (np.zeros((2, 2), int), np.ones((2, 2)) / 2, r"of shape \(C, 3\)"),
        (np.zeros((2, 3), int), np.ones((2, 3)), "a sum of 1"),
        (np.zeros((2, 3), int), np.full((2, 3), np.nan), "a sum of 1"),
    ],
)
def test_what_are_no_points_is_an_error(vertices, shares, said):
    with pytest.raises(ValueError, match=said):
        MeshPoints(vertices, shares)

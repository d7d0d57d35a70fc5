"""Loop's rules: counts, flat stays flat, rims and sharp edges are curves of their own."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.avatar.loop_subdivision import LoopSubdivision

OCTAHEDRON = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]], np.int32
)
CORNERS = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:side, :side].astype(float)
    a = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    triangles = np.concatenate(
        [np.stack([a, a + 1, a + side], 1), np.stack([a + 1, a + side + 1, a + side], 1)]
    )
    return np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1), triangles.astype(np.int32)


def test_a_closed_mesh_stays_closed_and_turns_round() -> None:
    triangles, points = OCTAHEDRON, CORNERS
    for _ in range(3):
        step = LoopSubdivision(triangles, len(points))
        points, triangles = step.refine(points), step.triangles
    assert len(triangles) == 8 * 4**3
    assert len(points) - 3 * len(triangles) // 2 + len(triangles) == 2  # Euler
    radius = np.linalg.norm(points, axis=1)
    assert radius.max() / radius.min() < 1.25  # of the octahedron itself: 1.73
    a, b, c = (points[triangles[:, k]] for k in range(3))
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), a + b + c) > 0).all()


def test_weights_of_inner_vertices_are_loops() -> None:
    """A vertex with six neighbors: 5/8 of itself and 1/16 of each; an edge: 3/8, 3/8, 1/8, 1/8."""
    points, triangles = grid(5)
    step = LoopSubdivision(triangles, len(points))
    middle = np.zeros((25, 1))
    middle[12] = 1
    fine = step.refine(middle)[:, 0]
    assert fine[12] == 5 / 8
    near = np.sort(fine[:25][(fine[:25] > 0) & (np.arange(25) != 12)])
    np.testing.assert_allclose(near, 1 / 16)
    new = np.sort(fine[25:][fine[25:] > 0])
    np.testing.assert_allclose(new, [1 / 8] * 6 + [3 / 8] * 6)


def test_the_inside_of_a_plane_stays_where_it_is() -> None:
    points, triangles = grid(6)
    fine = LoopSubdivision(triangles, len(points)).refine(points)
    assert (fine[:, 2] == 0).all()
    inner = ((points[:, :2] > 0) & (points[:, :2] < 5)).all(1)
    np.testing.assert_allclose(fine[: len(points)][inner], points[inner], atol=1e-12)
    assert fine.min() >= 0 and fine[:, :2].max() <= 5


def test_a_sharp_ring_does_not_depend_on_what_is_beside_it() -> None:
    points, triangles = grid(6)
    ring = np.array([[13, 14], [14, 20], [13, 20]])  # two edges of the grid and its diagonal
    ring = np.array([[r, c] for r, c in ring if _is_edge(triangles, r, c)], np.int32)
    step = LoopSubdivision(triangles, len(points), ring)
    lifted = points.copy()
    lifted[~np.isin(np.arange(36), ring), 2] = 5
    fine = step.refine(lifted)
    middles = [36 + int(np.flatnonzero((np.sort(edge) == step.edges).all(1))[0]) for edge in ring]
    assert (fine[middles, 2] == 0).all()


def _is_edge(triangles: np.ndarray, a: int, b: int) -> bool:
    return bool((np.isin(triangles, [a, b]).sum(1) == 2).any())

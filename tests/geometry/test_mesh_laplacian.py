"""Mesh Laplacian: weights of edges, welded vertices, connected parts."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.mesh_laplacian import (
    connected_parts,
    cotangent_edges,
    link_loose_parts,
    weld,
)

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def test_weights_are_half_the_cotangents_of_the_opposite_angles():
    edges, weights = cotangent_edges(SQUARE, HALVES)
    found = dict(zip(map(tuple, edges.tolist()), weights, strict=True))
    # The sides face angles of 45 degrees, the diagonal two right angles.
    assert set(found) == {(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)}
    np.testing.assert_allclose([found[0, 1], found[1, 2], found[2, 3], found[0, 3]], 0.5)
    np.testing.assert_allclose(found[0, 2], 1e-3)  # 0, kept above 0


def test_an_edge_of_two_triangles_adds_both_angles():
    tip = np.sqrt(0.75)
    rhombus = np.array([[0, 0, 0], [1, 0, 0], [0.5, tip, 0], [0.5, -tip, 0]])
    edges, weights = cotangent_edges(rhombus, np.array([[0, 1, 2], [1, 0, 3]]))
    shared = weights[(edges == (0, 1)).all(1)]
    np.testing.assert_allclose(shared, 1 / np.tan(np.pi / 3))


def test_weights_do_not_depend_on_size_and_pose():
    turn = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    _, weights = cotangent_edges(SQUARE, HALVES)
    np.testing.assert_allclose(cotangent_edges(7 * SQUARE @ turn + 3, HALVES)[1], weights)


def test_triangles_without_area_have_finite_weights():
    line = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 0, 0]], float)
    edges, weights = cotangent_edges(line, np.array([[0, 1, 2], [0, 1, 3], [2, 2, 2], [0, 0, 1]]))
    assert np.isfinite(weights).all() and weights.min() >= 1e-3 and weights.max() <= 20
    assert (edges[:, 0] < edges[:, 1]).all()


def test_vertices_at_one_place_become_one():
    kept, places = weld(np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1], [2, 2, 2], [0, 0, 0]], float))
    np.testing.assert_array_equal(kept, [0, 1, 3])
    np.testing.assert_array_equal(places, [0, 1, 0, 2, 1])


def test_parts_are_named_by_their_lowest_vertex():
    chain = np.stack([np.arange(40, 90), np.arange(41, 91)], 1)
    parts = connected_parts(100, np.concatenate([chain[::-1], [[3, 1], [1, 5]]]))
    np.testing.assert_array_equal(parts[40:91], 40)
    np.testing.assert_array_equal(parts[[1, 3, 5]], 1)
    np.testing.assert_array_equal(parts[[0, 2, 4, 99]], [0, 2, 4, 99])


def test_a_loose_vertex_hangs_on_its_nearest_neighbors():
    vertices = np.concatenate([SQUARE, [[0.9, 0.1, 0.3]]])
    edges, _ = cotangent_edges(vertices, HALVES)
    links, weights = link_loose_parts(vertices, edges, np.array([True, False, False, False, False]))
    np.testing.assert_array_equal(np.sort(links[:, 0]), [0, 1, 2])
    np.testing.assert_array_equal(links[:, 1], 4)
    np.testing.assert_array_equal(weights, 1)


def test_without_loose_parts_there_is_no_link():
    edges, _ = cotangent_edges(SQUARE, HALVES)
    assert link_loose_parts(SQUARE, edges, np.array([False, True, False, False]))[0].shape == (0, 2)

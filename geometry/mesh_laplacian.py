"""Mesh Laplacian: cotangent weights of a triangle mesh's edges, and what real meshes need before that."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.number_arrays import number_array

# Cotangents of very thin triangles are cut off: an angle of 6 degrees has a cotangent of 10. Weights stay
# above 0, so that every vertex is a mean of its neighbors and no edge pushes its ends apart.
_STEEPEST, _LEAST_WEIGHT = 10.0, 1e-3
_LINKS = 3  # edges by which a loose vertex hangs on its nearest neighbors
_LINKED_VERTICES = 12  # vertices of a loose part that are linked, spread over it
_CHUNK = 1024  # rows of a matrix of distances that are computed together


def check_mesh(vertices: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mesh as (V, 3) float64 and (T, 3) int64.

    Raises:
        ValueError: a shape is another, a coordinate is not finite, or a triangle names a vertex that does not
            exist.
    """
    points = number_array(vertices, "vertices", "(V, 3)").astype(np.float64)
    corners = number_array(triangles, "triangles", "(T, 3)")
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise ValueError(f"vertices have shape {points.shape}; expected (V, 3) with at least one vertex")
    if corners.ndim != 2 or corners.shape[1] != 3 or corners.dtype.kind not in "iu":
        raise ValueError(f"triangles are {corners.dtype} {corners.shape}; expected integers of shape (T, 3)")
    broken = np.flatnonzero(~np.isfinite(points).all(1))
    if len(broken):
        raise ValueError(f"{len(broken)} of {len(points)} vertices are not finite, the first is {broken[0]}")
    if corners.size and not 0 <= corners.min() <= corners.max() < len(points):
        wrong = corners.max() if corners.max() >= len(points) else corners.min()
        raise ValueError(f"a triangle names vertex {wrong}; the mesh has vertices 0 to {len(points) - 1}")
    return points, corners.astype(np.int64)


def weld(vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Joins vertices at the same place, as files have them along the seams of a texture.

    Args:
        vertices: (V, 3).

    Returns:
        (W,) int64 one vertex of each place, in the order of their first occurrence, and (V,) int64 the place
        of every vertex.
    """
    _, first, places = np.unique(
        np.asarray(vertices, np.float32), axis=0, return_index=True, return_inverse=True
    )
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[places.reshape(-1)]


def cotangent_edges(vertices: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The edges of a mesh with cotangent weights (Pinkall and Polthier 1993).

    An edge's weight is half the sum of the cotangents of the angles opposite to it, cut off at 0.001 and at
    10 per triangle. Triangles without an area count as very thin ones; a corner that occurs twice in a
    triangle gives no edge.

    Args:
        vertices: (V, 3) float64.
        triangles: (T, 3) int64.

    Returns:
        (E, 2) int64 pairs of vertices, each pair once, lower index first, and (E,) float64 weights.
    """
    pairs, halves = [], []
    for corner in range(3):
        apex, first, second = (np.roll(triangles, -corner, 1)[:, column] for column in range(3))
        to_first, to_second = vertices[first] - vertices[apex], vertices[second] - vertices[apex]
        sine = np.linalg.norm(np.cross(to_first, to_second), axis=1)
        cosine = (to_first * to_second).sum(1)
        steep = np.maximum(np.abs(cosine) / _STEEPEST, np.finfo(float).tiny)
        halves.append(cosine / np.maximum(sine, steep) / 2)
        pairs.append(np.sort(np.stack([first, second], 1), axis=1))
    every = np.concatenate(pairs)
    real = every[:, 0] != every[:, 1]
    edges, where = np.unique(every[real], axis=0, return_inverse=True)
    weights = np.bincount(where.reshape(-1), np.concatenate(halves)[real], len(edges))
    return edges.reshape(-1, 2), np.maximum(weights, _LEAST_WEIGHT)


def connected_parts(count: int, edges: np.ndarray) -> np.ndarray:
    """(count,) int64: the lowest vertex of the connected part that each vertex belongs to.

    Args:
        count: number of vertices.
        edges: (E, 2) pairs of vertices.
    """
    part = np.arange(count)
    while True:
        least = part[edges].min(1)
        lower = part.copy()
        for end in range(2):
            np.minimum.at(lower, part[edges[:, end]], least)
        lower = lower[lower]  # parts of parts, so that long chains need few rounds
        if np.array_equal(lower, part):
            return part
        part = lower


def link_loose_parts(
    vertices: np.ndarray, edges: np.ndarray, held: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Edges of weight 1 that hang every part without a held vertex on the nearest vertices of the others.

    Eyeballs, teeth and single points then go where the surface around them goes.

    Args:
        vertices: (V, 3) float64.
        edges: (E, 2) of the mesh.
        held: (V,) bool, the vertices that have a constraint.

    Returns:
        (K, 2) int64 edges, lower index first, and (K,) float64 weights; K is 0 if every part is held.
    """
    part = connected_parts(len(vertices), edges)
    is_loose = ~np.isin(part, part[held])
    loose_parts = np.unique(part[is_loose])
    if not len(loose_parts):
        return np.zeros((0, 2), np.int64), np.zeros(0)
    chosen = []
    for name in loose_parts:
        members = np.flatnonzero(part == name)
        chosen.append(
            members[np.linspace(0, len(members) - 1, min(len(members), _LINKED_VERTICES)).astype(int)]
        )
    loose, firm = np.concatenate(chosen), np.flatnonzero(~is_loose)
    links = []
    for start in range(0, len(loose), _CHUNK):
        rows = loose[start : start + _CHUNK]
        away = ((vertices[rows][:, None] - vertices[firm][None]) ** 2).sum(2)
        near = firm[np.argsort(away, axis=1, kind="stable")[:, :_LINKS]]
        links.append(np.stack([np.repeat(rows, near.shape[1]), near.ravel()], 1))
    linked = np.sort(np.concatenate(links), axis=1)
    return linked, np.ones(len(linked))

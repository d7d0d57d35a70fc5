"""Loop subdivision: splits each triangle of a mesh into four and smooths the vertices."""

from __future__ import annotations

import numpy as np


class LoopSubdivision:
    """One step of Loop's scheme (Loop 1987, with the weights of Warren 1995).

    The step is linear, so it serves positions, displacements and texture places alike. Rims and sharp edges
    become curves of their own (Hoppe et al. 1994).

    Attributes:
        triangles: (4 T, 3) int32 of the finer mesh. The first V of its vertices are the old ones, moved; then
            follows one for each edge.
        sharp: (E, 2) int32, the sharp edges of the finer mesh.
        edges: (E, 2) int64, the old mesh's edges, in the order of the new vertices.
    """

    def __init__(self, triangles: np.ndarray, count: int, sharp: np.ndarray | None = None) -> None:
        """Prepares a mesh.

        Args:
            triangles: (T, 3) int32, of a manifold mesh.
            count: V, of its vertices.
            sharp: (E, 2) int32, edges that stay sharp; None for none.
        """
        half = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(
            np.int64
        )
        opposite = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
        half.sort(axis=1)
        keys, edge_of_half = np.unique(half[:, 0] * count + half[:, 1], return_inverse=True)
        edges = np.stack([keys // count, keys % count], 1)
        uses = np.bincount(edge_of_half)
        rim = uses != 2
        if sharp is not None and len(sharp):
            low_high = np.sort(np.asarray(sharp, np.int64), axis=1)
            rim |= np.isin(keys, low_high[:, 0] * count + low_high[:, 1])
        opposite_sum = np.zeros((len(edges), 2), np.int64)
        first = np.full(len(edges), -1)
        for place, edge in enumerate(edge_of_half.tolist()):
            if first[edge] < 0:
                first[edge] = place
                opposite_sum[edge, 0] = opposite[place]
            else:
                opposite_sum[edge, 1] = opposite[place]
        self.edges, self._rim, self._opposite = edges, rim, opposite_sum
        self._count = count
        new = count + edge_of_half.reshape(3, -1)  # the new vertices of the edges 01, 12, 20
        a, b, c = triangles.T
        ab, bc, ca = new
        self.triangles = np.concatenate(
            [np.stack(part, 1) for part in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
        ).astype(np.int32)
        middle = count + np.flatnonzero(rim)
        ends = edges[rim]
        self.sharp = np.concatenate(
            [np.stack([ends[:, 0], middle], 1), np.stack([middle, ends[:, 1]], 1)]
        ).astype(np.int32)

    def refine(self, values: np.ndarray) -> np.ndarray:
        """Values (V + edges, D) at the finer mesh's vertices, of values (V, D), in their own type."""
        values = np.asarray(values)
        edges, rim = self.edges, self._rim
        ends = values[edges[:, 0]] + values[edges[:, 1]]
        odd = np.where(rim[:, None], ends / 2, 3 / 8 * ends + values[self._opposite].sum(1) / 8)
        neighbors = np.bincount(edges.ravel(), minlength=self._count)
        on_rim = np.bincount(edges[rim].ravel(), minlength=self._count)
        around = self._sums(values, edges)
        beta = np.where(neighbors == 3, 3 / 16, 3 / (8 * np.maximum(neighbors, 1)))[:, None]
        smooth = (1 - neighbors[:, None] * beta) * values + beta * around
        along = 3 / 4 * values + self._sums(values, edges[rim]) / 8
        # A corner, where other than two rims meet, stays.
        kind = on_rim[:, None]
        even = np.where(kind == 0, smooth, np.where(kind == 2, along, values))
        even[neighbors == 0] = values[neighbors == 0]
        return np.concatenate([even, odd]).astype(values.dtype)

    def _sums(self, values: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """(V, D) sums of the values at the other ends of edges."""
        sums = np.zeros(values.shape, np.float64)
        np.add.at(sums, edges[:, 0], values[edges[:, 1]])
        np.add.at(sums, edges[:, 1], values[edges[:, 0]])
        return sums

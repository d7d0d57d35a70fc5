"""Mesh points: places on a mesh, each a vertex or inside a triangle, that move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.geometry.nearest_on_triangles import nearest_on_triangles


@dataclass(frozen=True, eq=False)
class MeshPoints:
    """C points on a mesh, in barycentric coordinates.

    Attributes:
        vertices: (C, 3) int64, the vertices that a point lies between; one at a vertex names it three times.
        shares: (C, 3) float64, their shares, with a sum of 1.

    Raises:
        ValueError: a shape is another, or shares are not finite or do not add up to 1.
    """

    vertices: np.ndarray
    shares: np.ndarray

    def __post_init__(self) -> None:
        vertices, shares = np.asarray(self.vertices), np.asarray(self.shares, np.float64)
        object.__setattr__(self, "shares", shares)
        if vertices.ndim != 2 or vertices.shape[1] != 3 or vertices.dtype.kind not in "iu":
            raise ValueError(
                f"points have vertices {vertices.dtype} {vertices.shape}; expected integers of shape (C, 3)"
            )
        object.__setattr__(self, "vertices", vertices.astype(np.int64))
        if shares.shape != vertices.shape or not np.allclose(shares.sum(1), 1, atol=1e-3):
            raise ValueError(
                f"points have shares of shape {shares.shape}; expected {vertices.shape} with a sum of 1 in "
                "every row"
            )

    def __len__(self) -> int:
        """Number of points C."""
        return len(self.vertices)

    @classmethod
    def at_vertices(cls, indices: np.ndarray) -> MeshPoints:
        """Points at vertices (C,)."""
        chosen = np.asarray(indices).reshape(-1)
        shares = np.zeros((len(chosen), 3))
        shares[:, 0] = 1
        return cls(np.repeat(chosen[:, None], 3, 1), shares)

    @classmethod
    def nearest(cls, places: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> MeshPoints:
        """The points of a mesh that are nearest to places.

        Args:
            places: (C, 3), in the frame of the mesh.
            vertices: (V, 3).
            triangles: (T, 3) int, at least one.
        """
        found, shares = nearest_on_triangles(np.asarray(places, np.float64), vertices[triangles])
        return cls(np.asarray(triangles)[found].astype(np.int64), shares)

    def on(self, vertices: np.ndarray) -> np.ndarray:
        """(…, C, 3) where the points are on meshes (…, V, 3)."""
        shares = self.shares.astype(vertices.dtype)
        return np.einsum("...cvd,cv->...cd", vertices[..., self.vertices, :], shares)

    def check(self, count: int) -> None:
        """Raises ValueError if there is no point, or one names a vertex that a mesh of `count` lacks."""
        if not len(self.vertices):
            raise ValueError("a mesh without a point to hold has no place; expected at least one point")
        least, most = int(self.vertices.min()), int(self.vertices.max())
        if least < 0 or most >= count:
            wrong = most if most >= count else least
            raise ValueError(f"a point names vertex {wrong}; the mesh has vertices 0 to {count - 1}")

"""Sculpture: collects the parts of an avatar, each a coarse mesh with blend shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES


class Sculpture:
    """The parts joined into one mesh of vertices, triangles, materials, texture places and shapes."""

    def __init__(self) -> None:
        self.vertices = np.zeros((0, 3))
        self.triangles = np.zeros((0, 3), np.int32)
        self.materials: list[str] = []  # of each triangle
        self.uv = np.zeros((0, 2))
        self.shapes = np.zeros((len(BLENDSHAPE_NAMES), 0, 3))
        self.upright = np.zeros(0)  # share by which a vertex does not turn with the head
        self.parts: dict[str, slice] = {}

    def add(
        self,
        name: str,
        material: str | Sequence[str],
        vertices: np.ndarray,
        triangles: np.ndarray,
        uv: np.ndarray | None = None,
        shapes: Mapping[str, np.ndarray] | None = None,
        upright: np.ndarray | None = None,
    ) -> slice:
        """Adds a part.

        Args:
            name: of the part.
            material: of the part, or of each triangle.
            vertices: (V, 3).
            triangles: (T, 3), counter-clockwise seen from outside.
            uv: (V, 2), None where occlusion will decide it.
            shapes: displacements (V, 3) by name.
            upright: (V,) share by which each vertex does not turn with the head; 0 if None.

        Returns:
            The range of its vertices.
        """
        start, count = len(self.vertices), len(vertices)
        part = slice(start, start + count)
        self.parts[name] = part
        self.vertices = np.concatenate([self.vertices, vertices])
        self.triangles = np.concatenate([self.triangles, np.asarray(triangles, np.int32) + start])
        self.materials += [material] * len(triangles) if isinstance(material, str) else material
        self.uv = np.concatenate([self.uv, np.full((count, 2), 0.5) if uv is None else uv])
        deltas = np.zeros((len(BLENDSHAPE_NAMES), count, 3))
        for shape, delta in (shapes or {}).items():
            deltas[BLENDSHAPE_NAMES.index(shape)] = delta
        self.shapes = np.concatenate([self.shapes, deltas], 1)
        self.upright = np.concatenate([self.upright, np.zeros(count) if upright is None else upright])
        return part


def tube(loops: Sequence[np.ndarray], closed: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of a tube through loops of equally many points (N, 3)."""
    count = len(loops[0])
    vertices = np.concatenate([np.asarray(loop, float) for loop in loops])
    return vertices, tube_triangles(np.arange(len(vertices)).reshape(-1, count), closed)


def tube_triangles(rows: np.ndarray, closed: bool = True) -> np.ndarray:
    """(T, 3) triangles between rows (R, N) of vertex indices; the diagonals alternate.

    They are counter-clockwise seen from outside if the rows run clockwise and follow each other away from
    the viewer.
    """
    triangles = []
    for upper, lower in zip(rows[:-1], rows[1:], strict=True):
        for column in range(len(upper) if closed else len(upper) - 1):
            after = (column + 1) % len(upper)
            a, b, c, d = upper[column], upper[after], lower[column], lower[after]
            triangles += [(a, b, c), (b, d, c)] if column % 2 else [(a, b, d), (a, d, c)]
    return np.array(triangles, np.int32)


def fan(loop: np.ndarray) -> np.ndarray:
    """(T, 3) triangles that close a loop of vertex indices."""
    return np.array([[loop[0], loop[i], loop[i + 1]] for i in range(1, len(loop) - 1)], np.int32)


def outward(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The triangles, all turned over if they show their backs outside of the (nearly closed) part."""
    a, b, c = (vertices[triangles[:, corner]] - vertices.mean(0) for corner in range(3))
    return triangles if (np.cross(a, b) * c).sum() > 0 else triangles[:, ::-1]


def mirrored(vertices: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part on the other side of the head."""
    return vertices * (-1, 1, 1), triangles[:, ::-1]

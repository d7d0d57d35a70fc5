"""Rig parts: assembles a rig from tubes, eyeballs and other meshes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.models.training.synthetic.face_rig import Material


class RigParts:
    """Collects the vertices and triangles of a rig, part by part."""

    def __init__(self) -> None:
        self._vertices: list[np.ndarray] = []
        self._triangles: list[np.ndarray] = []
        self._uv: list[np.ndarray] = []
        self._materials: list[tuple[Material, slice, int]] = []

    @property
    def _count(self) -> int:
        return sum(map(len, self._vertices))

    def add(
        self, vertices: np.ndarray, triangles: np.ndarray, material: Material, uv: np.ndarray | None = None
    ) -> slice:
        """Adds vertices (V, 3), their triangles (T, 3) and texture places (V, 2).

        Returns:
            The range of the vertices.
        """
        start = self._count
        self._vertices.append(np.asarray(vertices, np.float32))
        self._triangles.append(np.asarray(triangles) + start)
        places = np.zeros((len(vertices), 2)) if uv is None else uv
        self._uv.append(places[triangles].astype(np.float32))
        part = slice(start, start + len(vertices))
        self._materials.append((material, part, len(triangles)))
        return part

    def of(self, *materials: Material) -> list[slice]:
        """Ranges of the vertices of these materials."""
        return [part for material, part, _ in self._materials if material in materials]

    def joined(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(V, 3) vertices, (T, 3) triangles, (T,) materials, (T, 3, 2) texture places."""
        materials = np.repeat(
            [material for material, _, _ in self._materials], [count for *_, count in self._materials]
        )
        return (
            np.concatenate(self._vertices),
            np.concatenate(self._triangles).astype(np.int32),
            materials.astype(np.uint8),
            np.concatenate(self._uv),
        )


def rings(loops: Sequence[np.ndarray], closed: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of a tube through loops of equally many points (N, 3).

    Triangles are counter-clockwise seen from outside if the loops follow each other toward the viewer and run
    clockwise.
    """
    count = len(loops[0])
    triangles = []
    for row in range(len(loops) - 1):
        for column in range(count if closed else count - 1):
            a, b = row * count + column, row * count + (column + 1) % count
            triangles += [(a, b, a + count), (b, b + count, a + count)]
    return np.concatenate([np.asarray(loop, np.float32) for loop in loops]), np.array(triangles, np.int32)


def eyeball(
    center: np.ndarray, radius: float, iris_radius: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An eyeball that looks along +z.

    Returns:
        Vertices, triangles, and the vertices at the iris' five landmarks in the order of 468 to 472: center,
        +x, top, −x and bottom.
    """
    around = 32
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    edge = np.arcsin(iris_radius / radius)
    polar = np.r_[1e-4, edge * np.array([0.35, 0.7, 1.0]), np.linspace(edge, np.pi - 1e-4, 9)[1:]]
    loops = [
        center
        + radius
        * np.stack([np.sin(p) * np.cos(angle), np.sin(p) * np.sin(angle), np.full(around, np.cos(p))], 1)
        for p in polar
    ]
    vertices, triangles = rings(loops)
    ring = 3 * around
    return (
        vertices,
        triangles[:, ::-1],
        np.array([0, ring, ring + around // 4, ring + around // 2, ring + 3 * around // 4]),
    )

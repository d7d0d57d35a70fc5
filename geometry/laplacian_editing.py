"""Laplacian mesh editing: moves some points of a mesh to given places, and the rest of the mesh follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from attention_mesh.geometry.linear_solver import factorize
from attention_mesh.geometry.mesh_laplacian import check_mesh, cotangent_edges, link_loose_parts, weld
from attention_mesh.geometry.mesh_points import MeshPoints
from attention_mesh.geometry.number_arrays import number_array
from attention_mesh.geometry.procrustes import Similarities, WeightedProcrustes
from attention_mesh.geometry.rotation_fit import nearest_rotations

Alignment = Literal["rigid", "similarity", "none"]
DEFAULT_WEIGHT = 100.0
_LEAST_SCALE = 1e-6  # of a mesh whose places are one point


class LaplacianMeshEditor:
    """Deforms one mesh so that given points of it come to given places and its details turn with them.

    The differential coordinates of the mesh are its edges, with cotangent weights. The editor looks for the
    vertices whose edges are as near as possible to the edges of the mesh at rest, each turned by a rotation
    of its own neighborhood: as-rigid-as-possible deformation (Sorkine and Alexa 2007). The places are soft
    constraints. First, the mesh is aligned with the places as a whole, so that the result turns and moves
    with them.

    The local rotations are found from a first result without them. docs/mesh_editing.md compares this with
    the dual Laplacian that the Attention Mesh paper cites (Hu et al. 2007).

    The system of equations is factorized once, in the constructor. Vertices at the same place, as along the
    seams of a texture, stay together. Parts of the mesh without a constraint (eyeballs, teeth, single points)
    hang on the nearest vertices of the others. Triangles without an area are accepted.

    Args:
        vertices: (V, 3), the mesh at rest, in any unit.
        triangles: (T, 3) integers.
        points: the points of the mesh that get places: vertex indices (C,), or `MeshPoints`, which may lie
            inside triangles. Default: every vertex.
        weights: how strongly each point is held, above 0: a number or (C,). The weights of the edges are near
            1, so with 100 a point misses its place by about a hundredth of the way.
        rounds: how often local rotations are found. 0 turns all details with the whole mesh. 1 is enough for
            the expressions of a face; large bends need more.
        alignment: how the whole mesh goes to the places first. "rigid" turns and moves it. "similarity" also
            scales it, for a mesh in another unit or of another size. "none" leaves it in its place, for
            places in the frame of the mesh: then an open mouth does not tilt the head.

    Attributes:
        vertices: (V, 3) float32, the mesh at rest.
        points: what is held.

    Raises:
        ValueError: it is no mesh (see `check_mesh`); there is no point; a point names a vertex that does not
            exist; a weight is not above 0; another argument is none of those listed.
        ImportError: the mesh has more than 1500 vertices, and SciPy is not installed.
    """

    def __init__(
        self,
        vertices: np.ndarray,
        triangles: np.ndarray,
        points: np.ndarray | MeshPoints | None = None,
        weights: float | np.ndarray = DEFAULT_WEIGHT,
        rounds: int = 1,
        alignment: Alignment = "rigid",
    ) -> None:
        rest, corners = check_mesh(vertices, triangles)
        if alignment not in get_args(Alignment):
            raise ValueError(f'alignment is "{alignment}"; expected one of {", ".join(get_args(Alignment))}')
        if rounds < 0:
            raise ValueError(f"rounds is {rounds}; expected 0 or more")
        if points is None:
            points = np.arange(len(rest))
        self.vertices = rest.astype(np.float32)
        self.points = points if isinstance(points, MeshPoints) else MeshPoints.at_vertices(points)
        self.points.check(len(rest))
        self._rounds = rounds
        self._weights = _checked_weights(weights, len(self.points))

        # From here on a vertex is a place, at which several of the mesh's vertices may be.
        kept, places = weld(rest)
        self._places = None if len(kept) == len(rest) else places
        rest, corners, held = rest[kept], places[corners], places[self.points.vertices]
        is_held = np.zeros(len(rest), bool)
        is_held[held[self.points.shares > 0]] = True
        edges, stiffness = cotangent_edges(rest, corners)
        links, link_stiffness = link_loose_parts(rest, edges, is_held)
        edges, stiffness = np.concatenate([edges, links]), np.concatenate([stiffness, link_stiffness])
        self._solve = self._factorized(len(rest), held, edges, stiffness)

        # Numbers near 0 keep their digits in float32.
        self._middle = rest.mean(0).astype(np.float32)
        rest = (rest - self._middle).astype(np.float32)
        rest_points = np.einsum("cvd,cv->cd", rest[held], self.points.shares)
        self._basis = WeightedProcrustes(
            rest_points, self._weights, with_scale=alignment == "similarity", needs_rotation=False
        )
        self._alignment = alignment
        neighbors, spokes = _neighborhoods(rest, edges, stiffness)
        # A vertex is the last of its own neighborhood, so that one product gives differences and sums.
        self._neighbors = np.concatenate([neighbors, np.arange(len(rest))[:, None]], 1)
        own = spokes.sum(1, keepdims=True)
        self._differences = np.ascontiguousarray(np.concatenate([spokes, -own], 1).transpose(0, 2, 1))
        self._half_sums = np.concatenate([spokes, own], 1).reshape(len(rest), 1, -1) * np.float32(-0.5)
        identity = np.repeat(np.eye(3, dtype=np.float32)[:, :, None], len(rest), 2)
        self._unturned = self._turned_edges(identity, 1)

        # How places pull: in the order of the vertices, so that the pulls at a vertex are added in one call.
        point, column = np.nonzero(self.points.shares)
        order = np.argsort(held[point, column], kind="stable")
        point, column = point[order], column[order]
        self._pulling = point
        self._pulls = (self._weights[point] * self.points.shares[point, column])[:, None].astype(np.float32)
        self._is_at_every_vertex = len(order) == len(rest) and np.array_equal(
            held[:, 0], np.arange(len(rest))
        )
        self._pulled, self._pulled_from = np.unique(held[point, column], return_index=True)

    def edit(self, places: np.ndarray) -> np.ndarray:
        """The meshes whose points are at the given places.

        Args:
            places: (F, C, 3) or (C, 3), in the frame and the unit of the result.

        Returns:
            (F, V, 3) float32, or (V, 3) for places (C, 3).

        Raises:
            ValueError: the shape is another, or a place is no finite number.
        """
        expected = f"(F, {len(self.points)}, 3)"
        targets = number_array(places, "places", expected).astype(np.float32, copy=False)
        if targets.ndim not in (2, 3) or targets.shape[-2:] != (len(self.points), 3):
            raise ValueError(
                f"places have shape {targets.shape}; expected {expected}, one place for each point that the "
                "editor holds"
            )
        if not np.isfinite(targets).all():
            raise ValueError("a place is not finite; expected numbers for every point that the editor holds")
        if targets.ndim == 2:
            return self._edited(targets[None])[0]
        return self._edited(targets)

    def _edited(self, targets: np.ndarray) -> np.ndarray:
        """(F, V, 3) of places (F, C, 3), which are checked."""
        faces, count = len(targets), len(self._neighbors)
        if not faces:
            return np.zeros((0, len(self.vertices), 3), np.float32)
        alignment = self._aligned(targets)
        # In the frame of the mesh at rest: a row per vertex, a column per face and coordinate.
        aligned = alignment.undo(targets).transpose(1, 0, 2).reshape(-1, 3 * faces)
        if self._is_at_every_vertex:
            pull = aligned * self._pulls
        else:
            pull = np.zeros((count, 3 * faces), np.float32)
            pulls = aligned[self._pulling] * self._pulls
            pull[self._pulled] = np.add.reduceat(pulls, self._pulled_from, axis=0)
        # If every vertex has its place, the places show how neighborhoods turn.
        is_shown = self._rounds and self._is_at_every_vertex
        result = aligned if is_shown else self._solve(np.tile(self._unturned, faces) + pull)
        rotations = None
        for _ in range(self._rounds):
            rotations = nearest_rotations(self._covariances(result, faces), rotations)
            result = self._solve(self._turned_edges(rotations, faces) + pull)
        meshes = alignment.apply(result.reshape(count, faces, 3).transpose(1, 0, 2))
        return meshes if self._places is None else meshes[:, self._places]

    def _aligned(self, targets: np.ndarray) -> Similarities:
        """What takes the centered mesh at rest to where the places are."""
        if self._alignment != "none":
            fit = self._basis.fit(targets)
            return fit._replace(scales=np.maximum(fit.scales, _LEAST_SCALE))
        faces = len(targets)
        turns = np.repeat(np.eye(3, dtype=np.float32)[None], faces, 0)
        return Similarities(np.ones(faces, np.float32), turns, np.repeat(self._middle[None], faces, 0))

    def _factorized(
        self, count: int, held: np.ndarray, edges: np.ndarray, stiffness: np.ndarray
    ) -> Callable[[np.ndarray], np.ndarray]:
        """Solves (L + Cᵀ W C) v = right side, with the Laplacian L, the shares C, the points' weights W."""
        first, second = edges.T
        shares = self.points.shares
        products = self._weights[:, None, None] * shares[:, :, None] * shares[:, None, :]
        return factorize(
            count,
            np.concatenate([first, second, first, second, np.repeat(held, 3, axis=1).ravel()]),
            np.concatenate([second, first, first, second, np.tile(held, 3).ravel()]),
            np.concatenate([-stiffness, -stiffness, stiffness, stiffness, products.ravel()]),
        )

    def _covariances(self, result: np.ndarray, faces: int) -> np.ndarray:
        """(3, 3, V F): sums of a result's edges (V, 3 F) times those at rest, of each neighborhood."""
        count, degree = self._neighbors.shape
        around = result.take(self._neighbors.ravel(), 0).reshape(count, degree, 3 * faces)
        sums = self._differences @ around
        return np.ascontiguousarray(
            sums.reshape(count, 3, faces, 3).transpose(3, 1, 0, 2).reshape(3, 3, count * faces)
        )

    def _turned_edges(self, rotations: np.ndarray, faces: int) -> np.ndarray:
        """(V, 3 F): L v of the edges at rest, each turned by the mean of its ends' rotations (3, 3, V F)."""
        count, degree = self._neighbors.shape
        turns = rotations.reshape(3, 3, count, faces).transpose(2, 1, 3, 0).reshape(count, 9 * faces)
        around = turns.take(self._neighbors.ravel(), 0).reshape(count, 3 * degree, 3 * faces)
        return (self._half_sums @ around)[:, 0]


def _neighborhoods(
    rest: np.ndarray, edges: np.ndarray, stiffness: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The neighbors of each vertex, and the weighted edges to them.

    Args:
        rest: (V, 3).
        edges: (E, 2).
        stiffness: (E,) weights.

    Returns:
        (V, K) int64 neighbors, K the largest number of them; a vertex with fewer names itself. (V, K, 3)
        float32 edges from the vertex, times their weights; 0 where the vertex names itself.
    """
    count = len(rest)
    start, end = np.concatenate([edges, edges[:, ::-1]]).T
    order = np.argsort(start, kind="stable")
    start, end, both = start[order], end[order], np.concatenate([stiffness, stiffness])[order]
    degrees = np.bincount(start, minlength=count)
    column = np.arange(len(start)) - np.repeat(np.cumsum(degrees) - degrees, degrees)
    neighbors = np.repeat(np.arange(count)[:, None], max(degrees.max(), 1), 1)
    spokes = np.zeros((*neighbors.shape, 3), np.float32)
    neighbors[start, column] = end
    spokes[start, column] = both[:, None] * (rest[end] - rest[start])
    return neighbors, spokes


def _checked_weights(weights: float | np.ndarray, count: int) -> np.ndarray:
    """(C,) float64 weights; raises ValueError if they are not."""
    given = np.asarray(weights, np.float64)
    if given.ndim and given.shape != (count,):
        raise ValueError(f"weights have shape {given.shape}; expected a number or ({count},)")
    if not (np.isfinite(given) & (given > 0)).all():
        raise ValueError(f"a weight is {given.min():g}; expected finite numbers above 0")
    return np.broadcast_to(given, (count,)).copy()

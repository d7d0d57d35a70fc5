"""Landmark placement: finds the landmarks of a face on any mesh of a head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.geometry.mesh_laplacian import check_mesh
from attention_mesh.geometry.mesh_points import MeshPoints

_ROUNDS = 4
# Weights of the nearest points of the mesh, from loose to tight, while the face approaches the mesh.
_TIGHTNESS = (0.02, 0.1, 0.5)
_KNOWN_WEIGHT = 100.0


def place_landmarks(
    landmarks: np.ndarray,
    landmark_triangles: np.ndarray,
    vertices: np.ndarray,
    triangles: np.ndarray,
    known: Mapping[int, int],
) -> MeshPoints:
    """The landmarks on a mesh, of which a few are known.

    The face of the landmarks is scaled and turned so that the known ones fit. Then it is deformed step by
    step, as the editor of Laplacian meshes does it, until all landmarks lie on the mesh.

    Args:
        landmarks: (N, 3), a neutral face, for example the canonical one.
        landmark_triangles: (T, 3) int, the triangles that join the landmarks.
        vertices: (V, 3), the mesh of a head in any unit and pose, with a neutral face.
        triangles: (S, 3) int, of the mesh; those of the skin, without eyeballs and teeth.
        known: vertices of the mesh by landmark, at least 4. Corners of eyes and mouth, the tip of the nose
            and the chin are a good choice.

    Returns:
        N points on the mesh.

    Raises:
        ValueError: one of both is no mesh, the mesh has no triangle, fewer than 4 landmarks are known, or one
            does not exist.
    """
    head, skin = check_mesh(vertices, triangles)
    face, _ = check_mesh(landmarks, landmark_triangles)
    if not len(skin):
        raise ValueError("the mesh has no triangle; expected the triangles of a head's skin")
    if len(known) < 4:
        raise ValueError(f"{len(known)} landmarks are known on the mesh; expected at least 4")
    chosen, at = np.array(list(known.items()), np.int64).T
    MeshPoints.at_vertices(chosen).check(len(face))
    MeshPoints.at_vertices(at).check(len(head))
    start = LaplacianMeshEditor(
        face, landmark_triangles, chosen, _KNOWN_WEIGHT, _ROUNDS, alignment="similarity"
    )
    placed = start.edit(head[at])
    for tightness in _TIGHTNESS:
        weights = np.full(len(face), tightness)
        weights[chosen] = _KNOWN_WEIGHT
        places = MeshPoints.nearest(placed, head, skin).on(head)
        places[chosen] = head[at]
        editor = LaplacianMeshEditor(placed, landmark_triangles, weights=weights)
        placed = editor.edit(places)
    found = MeshPoints.nearest(placed, head, skin)
    found.vertices[chosen] = at[:, None]
    found.shares[chosen] = (1, 0, 0)
    return found

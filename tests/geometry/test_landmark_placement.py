"""place_landmarks: the landmarks on another mesh, from a few known ones."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.landmark_placement import place_landmarks
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import rotation

NAMES = ("right_eye_outer", "left_eye_outer", "right_eye_inner", "left_eye_inner", "nose_tip", "chin_bottom")
CORNERS = ("mouth_right", "mouth_left", "forehead_top", "right_face_side", "left_face_side")


def known(names: tuple[str, ...]) -> list[int]:
    return [FaceTopology.load().names[name] for name in names]


def test_landmarks_are_found_on_the_built_in_rig():
    """Another face, in inches, that looks to the side."""
    rig = builtin_rig()
    head = rig.neutral @ rotation(1.2, 0, 0).T / 2.54
    skin = rig.triangles[rig.materials == 0]
    vertices = rig.landmark_vertices[:, 0]
    face = canonical_face()
    given = {landmark: int(vertices[landmark]) for landmark in known(NAMES + CORNERS)}
    found = place_landmarks(face.vertices[:468], face.triangles, head, skin, given)
    truth = rig.landmarks(rig.neutral)[:468]
    missed = np.linalg.norm(found.on(rig.neutral) - truth, axis=1)
    assert missed[list(given)].max() < 1e-4
    assert missed.mean() < 0.25 and np.percentile(missed, 90) < 0.6  # cm; faces of two kinds differ


@pytest.mark.slow
def test_landmarks_are_found_on_a_scanned_head(scanned_head):
    head, face = scanned_head, canonical_face()
    places = head.points.on(head.neutral)
    given = {
        landmark: int(((head.neutral - places[landmark]) ** 2).sum(1).argmin())
        for landmark in known(NAMES + CORNERS)
    }
    found = place_landmarks(face.vertices[:468], face.triangles, head.neutral, head.triangles, given)
    missed = np.linalg.norm(found.on(head.neutral) - places, axis=1)
    assert missed.mean() < 0.2 and np.percentile(missed, 90) < 0.4  # cm


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({1: 0, 2: 1, 3: 2}, "3 landmarks are known on the mesh; expected at least 4"),
        ({1: 0, 2: 1, 3: 2, 478: 3}, "names vertex 478; the mesh has vertices 0 to 477"),
        ({1: 0, 2: 1, 3: 2, 4: 9}, "names vertex 9; the mesh has vertices 0 to 3"),
    ],
)
def test_what_cannot_be_placed_is_an_error(given, said):
    face = canonical_face()
    with pytest.raises(ValueError, match=said):
        place_landmarks(face.vertices, face.triangles, np.eye(4, 3), np.array([[0, 1, 2]]), given)


def test_a_mesh_without_triangles_is_an_error():
    face = canonical_face()
    with pytest.raises(ValueError, match="no triangle"):
        place_landmarks(face.vertices, face.triangles, np.eye(4, 3), np.zeros((0, 3), int), {})

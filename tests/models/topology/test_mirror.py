"""Mirror table: an involution that keeps the topology."""

import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.topology.mirror import mirror_landmarks


def test_twice_mirrored_is_the_same():
    mirror = mirror_landmarks()
    np.testing.assert_array_equal(mirror[mirror], np.arange(478))


def test_known_pairs_and_the_middle_line():
    mirror = mirror_landmarks()
    pairs = {33: 263, 133: 362, 61: 291, 234: 454, 468: 473, 470: 475, 469: 476, 471: 474, 105: 334}
    assert {landmark: int(mirror[landmark]) for landmark in pairs} == pairs
    middle = [10, 151, 9, 8, 168, 6, 1, 4, 2, 0, 13, 14, 17, 152]
    np.testing.assert_array_equal(mirror[middle], middle)


def test_the_mirrored_mesh_has_the_same_triangles():
    triangles = FaceTopology.load().triangles
    mirrored = mirror_landmarks()[triangles]
    assert {frozenset(triangle) for triangle in triangles.tolist()} == {
        frozenset(triangle) for triangle in mirrored.tolist()
    }


def test_the_68_points_mirror_onto_themselves():
    known = landmarks_68()[landmarks_68() >= 0]
    assert len(known) == 51 and len(set(known.tolist())) == 51
    corners = {36: 45, 39: 42, 48: 54, 31: 35, 17: 26}
    for right, left in corners.items():
        assert mirror_landmarks()[landmarks_68()[right]] == landmarks_68()[left]

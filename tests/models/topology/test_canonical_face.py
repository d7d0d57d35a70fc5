"""Canonical face: its frame, its size in centimeters, and its texture coordinates."""

import numpy as np
import pytest

from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import interocular_distance, landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks


def _doubled_areas(flat: np.ndarray) -> np.ndarray:
    a, b, c = (flat[canonical_face().triangles[:, corner]] for corner in range(3))
    (first, second), (third, fourth) = (b - a).T, (c - a).T
    return first * fourth - second * third


def test_shapes_and_types():
    face = canonical_face()
    assert (face.vertices.shape, face.triangles.shape, face.uv.shape) == ((478, 3), (898, 3), (478, 2))
    assert (face.vertices.dtype, face.triangles.dtype, face.uv.dtype) == (np.float32, np.int32, np.float32)


def test_arrays_are_shared_and_read_only():
    assert canonical_face() is canonical_face()
    for array in canonical_face():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_face_is_its_own_mirror_image():
    vertices, uv = canonical_face().vertices, canonical_face().uv
    mirror = mirror_landmarks()
    np.testing.assert_array_equal(vertices[mirror] * (-1, 1, 1), vertices)
    np.testing.assert_allclose(uv[mirror] * (-1, 1) + (1, 0), uv, rtol=0, atol=1e-6)


def test_the_frame_is_right_handed_with_the_documented_origin():
    vertices, names = canonical_face().vertices, FaceTopology.load().names
    assert vertices[names["left_eye_outer"], 0] > 0
    assert vertices[names["forehead_top"], 1] > 0 > vertices[names["chin_bottom"], 1]
    assert vertices[:, 2].max() - vertices[names["nose_tip"], 2] < 0.2
    groups = landmark_groups()
    eyes = vertices[[*groups["outer_eye_corners"], *groups["inner_eye_corners"]]].mean(0)
    np.testing.assert_allclose(eyes, (0, 2.62, 3.47), atol=1e-3)  # rounding of the file


def test_sizes_are_those_of_adults():
    """Distances that the tool does not set, against anthropometric tables of adults."""
    vertices, groups, names = canonical_face().vertices, landmark_groups(), FaceTopology.load().names
    pupils = vertices[[groups["right_iris"][0], groups["mirrored_left_iris"][0]]]
    assert 5.8 < np.linalg.norm(pupils[0] - pupils[1]) < 6.8  # 6.3 ± 0.4 cm (Dodgson 2004)
    assert 8.3 < interocular_distance(vertices) < 9.6  # ex-ex, 8.8 to 9.2 cm in Farkas's tables
    mouth = vertices[groups["mouth_corners"]]
    assert 4.4 < np.linalg.norm(mouth[0] - mouth[1]) < 5.8  # ch-ch, 5.0 to 5.4 cm
    height = vertices[names["nose_bridge"], 1] - vertices[names["chin_bottom"], 1]
    assert 10.5 < height < 12.5  # n-gn, 11 to 12.5 cm


def test_lips_are_closed_and_eyes_open():
    vertices, names = canonical_face().vertices, FaceTopology.load().names
    upper, lower = vertices[landmark_groups()["inner_lip_middles"]]
    assert 0 <= upper[1] - lower[1] < 0.05  # cm
    for side in ("right", "left"):
        assert vertices[names[f"{side}_eye_top"], 1] - vertices[names[f"{side}_eye_bottom"], 1] > 0.8


def test_triangles_do_not_overlap_in_the_texture():
    """Every triangle keeps its direction, and the rim does not cross itself: then the map is one to one."""
    flat = canonical_face().uv * np.float32([1, -1])
    assert (_doubled_areas(flat) > 0).all()
    rim = flat[FaceTopology.load().ring("FACE_OVAL")]
    turns = np.diff(np.unwrap(np.arctan2(*(rim - rim.mean(0)).T), period=2 * np.pi))
    assert (np.sign(turns) == np.sign(turns[0])).all() and 0.8 * 2 * np.pi < abs(turns.sum()) < 2 * np.pi
    assert flat[:, 0].min() > 0 and flat[:, 0].max() < 1 and -1 < flat[:, 1].min() and flat[:, 1].max() < 0


def test_the_texture_map_keeps_angles():
    face = canonical_face()
    flat, solid = face.uv[face.triangles], face.vertices[face.triangles]

    def angles(corners: np.ndarray) -> np.ndarray:
        ahead = np.roll(corners, -1, 1) - corners
        behind = np.roll(corners, 1, 1) - corners
        cosines = (ahead * behind).sum(-1) / np.linalg.norm(ahead, axis=-1) / np.linalg.norm(behind, axis=-1)
        return np.degrees(np.arccos(np.clip(cosines, -1, 1)))

    # A cylindrical projection of the same face is off by 14 degrees in the median.
    assert np.median(abs(angles(flat) - angles(solid))) < 5


def test_irises_lie_inside_their_eyes_in_the_texture():
    uv, groups, names = canonical_face().uv, landmark_groups(), FaceTopology.load().names
    for side, iris in (("right", "right_iris"), ("left", "mirrored_left_iris")):
        center, *ring = uv[groups[iris]]
        assert uv[names[f"{side}_eye_top"], 1] < center[1] < uv[names[f"{side}_eye_bottom"], 1]
        ends = uv[groups[f"{side}_eye_corners"], 0]
        assert all(ends[0] < point[0] < ends[1] for point in ring)

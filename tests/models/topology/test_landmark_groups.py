"""Landmark groups: they agree with the names, the lines and the 68-point annotation."""

import numpy as np
import pytest

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import (
    interocular_distance,
    landmark_groups,
    landmarks_68,
)
from attention_mesh.models.topology.mirror import mirror_landmarks


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("outer_eye_corners", ["right_eye_outer", "left_eye_outer"]),
        ("inner_eye_corners", ["right_eye_inner", "left_eye_inner"]),
        ("right_eye_corners", ["right_eye_outer", "right_eye_inner"]),
        ("left_eye_corners", ["left_eye_inner", "left_eye_outer"]),
        ("mouth_corners", ["mouth_right", "mouth_left"]),
        ("inner_lip_middles", ["upper_lip_bottom", "lower_lip_top"]),
        ("face_sides", ["right_face_side", "left_face_side"]),
    ],
)
def test_a_group_has_the_named_landmarks(group, names):
    assert landmark_groups()[group].tolist() == [FaceTopology.load().names[name] for name in names]


@pytest.mark.parametrize(
    "group",
    [
        "outer_eye_corners",
        "inner_eye_corners",
        "mouth_corners",
        "temples",
        "upper_inner_lip",
        "lower_outer_lip_ridge",
        "forehead",
    ],
)
def test_a_group_is_its_own_mirror_image(group):
    landmarks = landmark_groups()[group]
    np.testing.assert_array_equal(mirror_landmarks()[landmarks], landmarks[::-1])


def test_the_inner_lips_are_the_inner_contour_of_the_mouth():
    groups = landmark_groups()
    rows = groups["upper_inner_lip"], groups["lower_inner_lip"]
    assert set(np.concatenate(rows)) == set(FaceTopology.load().ring("LIPS", 13))
    for row in rows:
        np.testing.assert_array_equal(row[[0, -1]], groups["inner_mouth_corners"])


def test_the_outer_eye_corners_are_those_of_the_annotation():
    np.testing.assert_array_equal(landmarks_68()[[36, 45]], landmark_groups()["outer_eye_corners"])


def test_the_annotation_pairs_every_inner_point_with_one_landmark():
    assert (landmarks_68()[:17] == -1).all()
    inner = landmarks_68()[17:]
    assert len(set(inner.tolist())) == 51 and 0 <= inner.min() <= inner.max() < 468


def test_groups_are_shared_and_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        landmark_groups()["outer_eye_corners"][0] = 1


@pytest.mark.parametrize(("dimensions", "distance"), [(2, 5.0), (3, 13.0)])
def test_interocular_distance_is_in_the_dimensions_given(dimensions, distance):
    landmarks = np.zeros((478, 3))
    landmarks[263] = [3, 4, 12]
    assert interocular_distance(landmarks[:, :dimensions]) == distance

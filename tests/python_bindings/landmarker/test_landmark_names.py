"""Names of landmarks: where they lie, what results give for them, and wrong names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.landmarker.landmark_names import LANDMARK_GROUPS, LANDMARK_NAMES
from attention_mesh.python_bindings.solutions import face_mesh

PAGE = Path(__file__).resolve().parents[3] / "docs" / "landmarks.md"
# From the top of the canonical face to its bottom.
DOWN = (
    *("forehead_top", "forehead_middle", "brows_middle", "nose_root", "nose_bridge", "nose_tip", "nose_base"),
    *("upper_lip_top", "upper_lip_bottom", "lower_lip_top", "lower_lip_bottom", "chin_dent", "chin_tip"),
    "chin_bottom",
)
# From the subject's right to the left.
ACROSS = (
    *("right_face_side", "right_brow_outer", "right_eye_outer", "right_iris_center", "right_eye_inner"),
    *("nose_bridge", "left_eye_inner", "left_iris_center", "left_eye_outer", "left_brow_outer"),
    "left_face_side",
)
MOUTH = ("mouth_right", "inner_mouth_right", "right_lip_peak", "upper_lip_top", "left_lip_peak")


def result(faces: int, landmarks: int) -> FaceLandmarkerResult:
    points = np.arange(faces * landmarks * 3, dtype=np.float32).reshape(faces, landmarks, 3)
    return FaceLandmarkerResult(
        points, np.ones(faces), np.ones((faces, 5)), np.arange(faces), timestamp_us=0, image_size=(640, 480)
    )


@pytest.mark.parametrize(("order", "axis", "sign"), [(DOWN, 1, -1), (ACROSS, 0, 1), (MOUTH, 0, 1)])
def test_points_lie_in_their_order_on_the_canonical_face(order, axis, sign):
    places = sign * canonical_face().vertices[[LANDMARK_NAMES[name] for name in order], axis]
    assert np.all(np.diff(places) > 0), dict(zip(order, places, strict=True))


def test_left_is_the_mirror_image_of_right():
    mirror = mirror_landmarks()
    sided = [name for name in LANDMARK_NAMES if "right" in name.split("_")]
    assert len(sided) == sum("left" in name.split("_") for name in LANDMARK_NAMES) == 15
    for name in sided:
        assert mirror[LANDMARK_NAMES[name]] == LANDMARK_NAMES[name.replace("right", "left")], name
    for name in set(LANDMARK_NAMES) - {*sided, *(name.replace("right", "left") for name in sided)}:
        assert mirror[LANDMARK_NAMES[name]] == LANDMARK_NAMES[name], name


def test_no_two_names_mean_the_same_landmark():
    assert len(set(LANDMARK_NAMES.values())) == len(LANDMARK_NAMES)
    assert not set(LANDMARK_NAMES) & set(LANDMARK_GROUPS)


@pytest.mark.parametrize("name", LANDMARK_GROUPS)
def test_a_group_is_mediapipes_connections(name):
    connections = getattr(face_mesh, f"FACEMESH_{name.upper()}")
    assert set(LANDMARK_GROUPS[name]) == {end for pair in connections for end in pair}
    assert len(set(LANDMARK_GROUPS[name])) == len(LANDMARK_GROUPS[name])


def test_results_give_points_in_the_order_of_the_names():
    found = result(2, 478)
    points = found.points_px("mouth_left", "nose_tip", "left_iris")
    assert points.shape == (2, 2 + 4, 3)  # the ring of an iris has four
    np.testing.assert_array_equal(points[:, 0], found.landmarks_px[:, 291])
    np.testing.assert_array_equal(points[:, 1], found.landmarks_px[:, 1])
    np.testing.assert_array_equal(points[:, 2:], found.landmarks_px[:, list(LANDMARK_GROUPS["left_iris"])])
    assert result(0, 478).points_px("nose_tip").shape == (0, 1, 3)
    assert found.points_px().shape == (2, 0, 3)


@pytest.mark.parametrize(
    ("name", "landmarks", "message"),
    [
        ("nose_tipp", 478, r"unknown landmark 'nose_tipp'; did you mean nose_tip"),
        ("left_mouth", 478, r"unknown landmark 'left_mouth'; did you mean mouth_left\?"),
        ("", 478, r"unknown landmark ''; did you mean forehead_top, "),
        ("FACE_OVAL", 478, r"unknown landmark 'FACE_OVAL'; did you mean face_oval\?"),
        ("left_iris_center", 468, r"left_iris_center belongs to the irises, .* 468 landmarks"),
        ("right_iris", 468, r"right_iris belongs to the irises"),
    ],
)
def test_a_wrong_name_is_an_error(name, landmarks, message):
    with pytest.raises(InputError, match=message):
        result(1, landmarks).points_px("nose_tip", name)


def test_the_page_lists_every_name():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name: int(index) for name, index in rows} == dict(LANDMARK_NAMES) == FaceTopology.load().names

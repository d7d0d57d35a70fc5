"""gaze_vectors: eyes that turn, heads that turn, closed eyes."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.gaze import EyeModel, angles_between, gaze_vectors
from attention_mesh.geometry.head_pose import metric_faces, rotation_matrices
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.pose_weights import pose_weights

CENTER, RADIUS = (0.05, 0.2, -0.7), 1.1


def eye_model(center=CENTER, radius=RADIUS) -> EyeModel:
    groups = landmark_groups()
    return EyeModel(
        np.stack([groups["left_eye_corners"], groups["right_eye_corners"]]),
        np.stack([groups["mirrored_left_iris"], groups["right_iris"]]),
        center,
        radius,
    )


def direction(yaw: float, pitch: float) -> np.ndarray:
    """A unit vector, degrees to the subject's left and up."""
    yaw, pitch = np.radians([yaw, pitch])
    return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])


def pose(yaw: float = 0, pitch: float = 0, roll: float = 0, at=(0.0, 0.0, -45.0)) -> np.ndarray:
    """(1, 4, 4) pose of a head, in degrees and cm."""
    matrix = np.eye(4)[None]
    matrix[0, :3, :3] = rotation_matrices(np.radians([[pitch, yaw, roll]]))[0]
    matrix[0, :3, 3] = at
    return matrix.astype(np.float32)


def looking(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(1, 478, 3): the canonical face, whose eyes look in two directions of the head's frame."""
    points = canonical_face().vertices.copy()
    model = eye_model()
    for eye, (look, side) in enumerate(((left, 1), (right, -1))):
        center = points[model.corners[eye]].mean(0) + np.array(CENTER) * [side, 1, 1]
        points[model.irises[eye]] = center + RADIUS * look
    return points[None]


HEADS = [(0, 0, 0), (40, 0, 0), (-30, 20, 0), (15, -25, 35)]
GAZES = [(0, 0), (25, 0), (-20, 15), (10, -25)]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("gaze", GAZES)
def test_known_directions_are_found_in_the_cameras_frame(head, gaze):
    at = pose(*head, at=(6.0, -4.0, -40.0))
    look = direction(*gaze)
    found = gaze_vectors(looking(look, look), at, eye_model())
    expected = at[0, :3, :3] @ look
    assert found.shape == (1, 3, 3) and found.dtype == np.float32
    assert np.degrees(angles_between(found, expected)).max() < 0.05


def test_a_wrong_depth_of_the_irises_does_not_matter():
    """The irises move along their rays from the camera: the picture stays the same."""
    look, at = direction(15, -10), pose(30, 10)
    points = looking(look, look)
    irises = eye_model().irises.ravel()
    in_camera = points[0, irises] @ at[0, :3, :3].T + at[0, :3, 3]
    points[0, irises] = (in_camera * 1.01 - at[0, :3, 3]) @ at[0, :3, :3]
    found = gaze_vectors(points, at, eye_model())
    assert np.degrees(angles_between(found, at[0, :3, :3] @ look)).max() < 0.3


def test_of_the_difference_of_both_eyes_a_share_is_kept():
    points = looking(direction(-12, 8), direction(8, 2))
    left, right, mean = gaze_vectors(points, pose(), eye_model(), vergence_share=0.3)[0]
    expected = np.stack([direction(-2 - 3, 5), direction(-2 + 3, 5), direction(-2, 5)])
    # The directions are mixed as vectors, not as angles.
    assert np.degrees(angles_between(np.stack([left, right, mean]), expected)).max() < 0.2


def test_eyes_that_converge_have_a_mean_between_them():
    left, right = direction(-12, 0), direction(12, 0)
    found = gaze_vectors(looking(left, right), pose(), eye_model(), vergence_share=1)[0]
    assert np.degrees(angles_between(found, np.stack([left, right, [0, 0, 1]]))).max() < 0.05


def test_signs_are_those_of_the_picture():
    """An iris further right in the picture looks to the right, a higher one up; the left eye is first."""
    points = looking(direction(0, 0), direction(0, 0))
    right_in_picture, up = points.copy(), points.copy()
    right_in_picture[0, 468:478, 0] += 0.3
    up[0, 468:478, 1] += 0.3
    model = eye_model()
    assert (gaze_vectors(right_in_picture, pose(), model)[0, :, 0] > 0.2).all()
    assert (gaze_vectors(up, pose(), model)[0, :, 1] > 0.2).all()
    only_left = points.copy()
    only_left[0, 473:478, 0] += 0.3
    left, right, _ = gaze_vectors(only_left, pose(), model, vergence_share=1)[0]
    assert left[0] > 0.2 and abs(right[0]) < 0.01


def test_a_closed_eye_takes_the_direction_of_the_other():
    points, at = looking(direction(20, 10), direction(-5, 0)), pose(10, 5)
    both_open = gaze_vectors(points, at, eye_model(), vergence_share=1)[0]
    left, right, mean = gaze_vectors(points, at, eye_model(), np.array([[False, True]]))[0]
    for vector in (left, right, mean):
        np.testing.assert_allclose(vector, both_open[1], atol=1e-6)


def test_with_both_eyes_closed_it_is_where_the_head_faces():
    points, at = looking(direction(20, -30), direction(20, -30)), pose(25, 10)
    found = gaze_vectors(points, at, eye_model(), np.array([[False, False]]))[0]
    np.testing.assert_allclose(found, np.tile(at[0, :3, 2], (3, 1)), atol=1e-6)


def test_an_iris_beside_the_eyeball_looks_to_the_side():
    points = looking(direction(0, 0), direction(0, 0))
    points[0, 468:478, 0] += 3
    found = gaze_vectors(points, pose(), eye_model())
    assert np.isfinite(found).all() and (found[0, :, 0] > 0.98).all()


def test_vectors_are_unit_vectors_for_all_faces_of_a_packet():
    faces = np.concatenate([looking(direction(*one), direction(*one)) for one in GAZES])
    poses = np.concatenate([pose(*one) for one in HEADS])
    found = gaze_vectors(faces, poses, eye_model())
    np.testing.assert_allclose(np.linalg.norm(found, axis=2), 1, atol=1e-6)
    for row in range(len(faces)):
        alone = gaze_vectors(faces[row : row + 1], poses[row : row + 1], eye_model())
        np.testing.assert_allclose(found[row], alone[0], atol=1e-6)
    assert gaze_vectors(faces[:0], poses[:0], eye_model()).shape == (0, 3, 3)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_out_of_range_is_an_error(share):
    points = looking(direction(0, 0), direction(0, 0))
    with pytest.raises(ValueError, match="vergence_share is .* expected a number from 0 to 1"):
        gaze_vectors(points, pose(), eye_model(), vergence_share=share)


def test_people_who_look_into_the_camera_do_so_here(shared_data):
    """The landmarks are those of the official runtime, on portraits of 102 people by a long lens.

    Where the corners of the eyes and the pose are differs between people, by some degrees.
    """
    stored = np.load(shared_data / "mediapipe_iris.npz")
    landmarks = stored["attention"][np.isfinite(stored["attention"]).all((1, 2))]
    camera = PerspectiveCamera(vertical_fov_degrees=20.0)
    basis = WeightedProcrustes(canonical_face().vertices, pose_weights())
    faces = metric_faces(landmarks.astype(np.float32) / 675, (675, 675), basis, camera)
    groups = landmark_groups()
    people = EyeModel(
        np.stack([groups["left_eye_corners"], groups["right_eye_corners"]]),
        np.stack([groups["mirrored_left_iris"], groups["right_iris"]]),
    )
    found = gaze_vectors(faces.points, faces.poses, people)[:, 2]
    eyes = faces.points[:, people.corners.ravel()].mean(1)
    places = np.einsum("fij,fj->fi", faces.poses[:, :3, :3], eyes) + faces.poses[:, :3, 3]
    to_camera = -places / np.linalg.norm(places, axis=1, keepdims=True)
    off = np.degrees(np.arctan2(found[:, :2], found[:, 2:]) - np.arctan2(to_camera[:, :2], to_camera[:, 2:]))
    np.testing.assert_allclose(off.mean(0), 0, atol=1)
    assert off[:, 0].std() < 2 and off[:, 1].std() < 4.5


@pytest.mark.parametrize(
    ("points", "poses", "said"),
    [
        (
            np.zeros((1, 468, 3)),
            np.eye(4)[None],
            r"\(1, 468, 3\); expected .* at least 478 landmarks: the irises",
        ),
        (np.zeros((478, 3)), np.eye(4)[None], r"expected \(F, N, 3\)"),
        (np.zeros((2, 478, 3)), np.eye(4)[None], r"poses have shape \(1, 4, 4\); expected \(2, 4, 4\)"),
    ],
)
def test_wrong_shapes_are_an_error(points, poses, said):
    with pytest.raises(ValueError, match=said):
        gaze_vectors(points, poses, eye_model())

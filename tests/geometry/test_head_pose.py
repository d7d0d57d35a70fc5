"""Head pose of synthetic heads of known pose, MediaPipe's two passes, and angles."""

import numpy as np
import pytest

from attention_mesh.geometry.head_pose import (
    DEFAULT_CAMERA,
    euler_angles,
    metric_faces,
    rotation_matrices,
    unprojected,
)
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes

SIZE = (1280, 720)
RNG = np.random.default_rng(0)
# A bulging, symmetric-free cloud of the size of a face, cm.
CANONICAL = RNG.normal(0, 1, (60, 3))
CANONICAL *= 8 / np.linalg.norm(CANONICAL, axis=1, keepdims=True) * (0.9, 1.1, 0.5)


def _random_poses(faces: int, rng: np.random.Generator) -> np.ndarray:
    angles = np.radians(rng.uniform(-1, 1, (faces, 3)) * (50, 80, 180))
    distances = rng.uniform(20, 200, faces)
    poses = np.zeros((faces, 4, 4))
    poses[:, :3, :3] = rotation_matrices(angles)
    poses[:, :3, 3] = np.c_[rng.uniform(-0.3, 0.3, (faces, 2)), -np.ones(faces)] * distances[:, None]
    poses[:, 3, 3] = 1
    return poses


def _landmarks(poses: np.ndarray, camera: PerspectiveCamera = DEFAULT_CAMERA) -> np.ndarray:
    """(F, N, 3) normalized: perspective x and y; z on the scale that x has at the mean depth."""
    points = np.einsum("fij,nj->fni", poses[:, :3, :3], CANONICAL) + poses[:, None, :3, 3]
    mean = points[:, :, 2:].mean(1, keepdims=True)
    depths = (points[:, :, 2:] - mean) / mean * camera.focal_length_px(SIZE) / SIZE[0]
    return np.concatenate([camera.project(points, SIZE), depths], 2)


def _degrees_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    gap = np.linalg.norm(first[:, :3, :3] - second[:, :3, :3], axis=(1, 2))
    return np.degrees(2 * np.arcsin(np.clip(gap / np.sqrt(8), 0, 1)))


def test_known_poses_are_found():
    poses = _random_poses(300, np.random.default_rng(1))
    found = metric_faces(_landmarks(poses), SIZE, CANONICAL)
    assert _degrees_between(found.poses, poses).max() < 0.01
    # The aim is 1 %; the rest is that of float32.
    np.testing.assert_allclose(found.poses[:, :3, 3], poses[:, :3, 3], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found.points, np.broadcast_to(CANONICAL, found.points.shape), atol=1e-3)


def test_the_points_project_onto_their_landmarks_whatever_the_face():
    """A face of another shape keeps its shape, and its points lie on the rays of its landmarks."""
    rng = np.random.default_rng(2)
    landmarks = _landmarks(_random_poses(20, rng))
    landmarks += rng.normal(0, 0.01, landmarks.shape)
    points, poses = metric_faces(landmarks, SIZE, CANONICAL)
    in_camera = np.einsum("fij,fnj->fni", poses[:, :3, :3], points) + poses[:, None, :3, 3]
    np.testing.assert_allclose(DEFAULT_CAMERA.project(in_camera, SIZE), landmarks[:, :, :2], atol=1e-5)


def test_poses_are_rigid():
    rng = np.random.default_rng(3)
    landmarks = _landmarks(_random_poses(20, rng)) + rng.normal(0, 0.02, (20, 60, 3))
    poses = metric_faces(landmarks, SIZE, CANONICAL).poses
    rotations = poses[:, :3, :3]
    np.testing.assert_allclose(
        rotations @ rotations.transpose(0, 2, 1), np.eye(3)[None].repeat(20, 0), atol=1e-6
    )
    np.testing.assert_allclose(np.linalg.det(rotations), 1, atol=1e-6)
    np.testing.assert_array_equal(poses[:, 3], [[0, 0, 0, 1]] * 20)


def test_two_passes_as_in_mediapipe_give_the_same():
    """MediaPipe estimates the scale, unprojects with it, and estimates it again; near is not 1 here."""
    rng = np.random.default_rng(4)
    camera, near = PerspectiveCamera(50), 7.0
    landmarks = _landmarks(_random_poses(5, rng), camera) + rng.normal(0, 0.01, (5, 60, 3))
    weights = rng.uniform(0, 1, 60)
    basis = WeightedProcrustes(CANONICAL, weights)
    height = near * camera.height_at_one
    width = height * SIZE[0] / SIZE[1]
    screen = (landmarks * (1, -1, 1) + (-0.5, 0.5, 0)) * (width, height, width)
    offset = screen[:, :, 2].mean(1)[:, None]

    def moved(scale: np.ndarray) -> np.ndarray:
        depth = (screen[:, :, 2] - offset + near) / scale[:, None]
        return np.stack([screen[:, :, 0] * depth / near, screen[:, :, 1] * depth / near, -depth], 2)

    first = basis.fit(screen * (1, 1, -1)).scales
    second = basis.fit(moved(first)).scales
    expected = basis.fit(moved(first * second))
    found = metric_faces(landmarks, SIZE, basis, camera).poses
    np.testing.assert_allclose(expected.scales, 1)
    np.testing.assert_allclose(found[:, :3, :3], expected.rotations, atol=1e-5)
    np.testing.assert_allclose(found[:, :3, 3], expected.translations, rtol=1e-4, atol=1e-3)


def test_a_narrower_angle_of_view_puts_the_head_farther_away():
    landmarks = _landmarks(_random_poses(4, np.random.default_rng(5)))
    near, far = (metric_faces(landmarks, SIZE, CANONICAL, PerspectiveCamera(fov)).poses for fov in (63, 20))
    ratio = far[:, 2, 3] / near[:, 2, 3]
    np.testing.assert_allclose(ratio, np.tan(np.radians(31.5)) / np.tan(np.radians(10)), rtol=0.15)


def test_no_face_and_a_face_that_is_a_single_point():
    points, poses = metric_faces(np.zeros((0, 60, 3)), SIZE, CANONICAL)
    assert points.shape == (0, 60, 3) and poses.shape == (0, 4, 4)
    points, poses = metric_faces(np.full((1, 60, 3), 0.5), SIZE, CANONICAL)
    assert np.isfinite(points).all() and poses[0, 2, 3] == pytest.approx(-DEFAULT_CAMERA.far_cm)


def test_landmarks_in_a_packet_are_not_changed():
    landmarks = _landmarks(_random_poses(2, np.random.default_rng(6))).astype(np.float32)
    landmarks.flags.writeable = False
    before = landmarks.copy()
    metric_faces(landmarks, SIZE, CANONICAL)
    np.testing.assert_array_equal(landmarks, before)


def test_unprojected_points_have_a_mean_depth_of_one():
    points = unprojected(_landmarks(_random_poses(3, np.random.default_rng(7))), SIZE, DEFAULT_CAMERA)
    np.testing.assert_allclose(points[:, :, 2].mean(1), -1, atol=1e-5)


@pytest.mark.parametrize(
    ("landmarks", "size", "message"),
    [
        (np.zeros((60, 3)), SIZE, r"expected \(faces, landmarks, 3\)"),
        (np.zeros((1, 59, 3)), SIZE, r"expected \(F, 60, 3\)"),
        (np.zeros((1, 60, 3)), (0, 10), "both must be above 0"),
        (np.full((1, 60, 3), np.nan), SIZE, "face 0 are not finite"),
    ],
)
def test_wrong_input_is_named(landmarks: np.ndarray, size: tuple, message: str):
    with pytest.raises(ValueError, match=message):
        metric_faces(landmarks, size, CANONICAL)


def test_angles_and_rotations_are_inverse():
    angles = np.radians(np.random.default_rng(8).uniform(-1, 1, (200, 3)) * (89, 179, 179))
    np.testing.assert_allclose(euler_angles(rotation_matrices(angles)), angles, atol=1e-4)


@pytest.mark.parametrize(
    ("angles", "point", "moves_to"),
    [
        ((0.3, 0, 0), (0, 0, 1), (0, +1)),  # pitch: the nose goes up
        ((0, 0.3, 0), (0, 0, 1), (+1, 0)),  # yaw: to the subject's left, the right of the picture
        ((0, 0, 0.3), (0, 1, 0), (+1, 0)),  # roll: the top of the head goes to the right of the picture
    ],
)
def test_signs_are_as_documented(angles: tuple, point: tuple, moves_to: tuple):
    x, y, _ = rotation_matrices(np.array([angles]))[0] @ np.array(point) - point
    assert (np.sign(round(x, 3)), max(np.sign(round(y, 3)), 0)) == moves_to


def test_a_scaled_pose_has_the_same_angles():
    angles = np.array([[0.2, -0.5, 1.0]])
    np.testing.assert_allclose(euler_angles(rotation_matrices(angles) * 3), angles, atol=1e-6)

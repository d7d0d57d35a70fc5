"""MediaPipe's face geometry pipeline: key points without depth, the origin of y, and faces that are left
out."""

import numpy as np
import pytest

from attention_mesh.geometry.face_geometry_pipeline import FaceGeometryPipeline
from attention_mesh.geometry.head_pose import euler_angles, metric_faces, rotation_matrices
from attention_mesh.geometry.perspective_camera import PerspectiveCamera

SIZE = (640, 480)
CAMERA = PerspectiveCamera()
# Eyes, nose, mouth and ears, cm.
KEY_POINTS = np.array(
    [[-3.2, 2.8, 3.8], [3.2, 2.8, 3.8], [0, -1, 7.6], [0, -3.8, 5.8], [-7.2, 0, -3], [7.2, 0, -3]]
)
WEIGHTS = np.ones(6)


def _projected(turn_deg: tuple[float, float, float], place: tuple[float, float, float]) -> np.ndarray:
    """(1, 6, 3) normalized, with the depth on the scale of x at the mean depth."""
    rotation = rotation_matrices(np.radians([turn_deg]))[0].astype(np.float64)
    points = KEY_POINTS @ rotation.T + place
    mean = points[:, 2].mean()
    depths = (points[:, 2:] - mean) / mean * CAMERA.focal_length_px(SIZE) / SIZE[0]
    return np.concatenate([CAMERA.project(points, SIZE), depths], 1)[None]


def test_landmarks_with_depth_give_the_head_pose():
    landmarks = _projected((10, 30, 5), (2, 3, -50))
    found = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA).find(landmarks, SIZE)
    expected = metric_faces(landmarks, SIZE, KEY_POINTS)
    np.testing.assert_array_equal(found.poses, expected.poses)
    np.testing.assert_array_equal(found.points, expected.points)


def test_key_points_without_depth_turn_with_the_head():
    """The method is MediaPipe's, and not exact; the node's test compares it with MediaPipe itself."""
    pipeline = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA, has_depth=False)
    yaws, mirror = [], [1, 0, 2, 3, 5, 4]
    for yaw in (-30, -15, 0, 15, 30):
        landmarks = _projected((0, yaw, 0), (0, 0, -60))
        landmarks[:, :, 2] = 7  # is not looked at
        points, poses = pipeline.find(landmarks, SIZE)
        yaws.append(float(np.degrees(euler_angles(poses))[0, 1]))
        assert poses[0, 2, 3] == pytest.approx(-60, rel=0.3)
        mirrored = landmarks[:, mirror] * (-1, 1, 1) + (1, 0, 0)
        other = pipeline.find(mirrored, SIZE)
        np.testing.assert_allclose(other.points[0, mirror] * (-1, 1, 1), points[0], atol=1e-3)
        np.testing.assert_allclose(other.poses[0, :3, 3] * (-1, 1, 1), poses[0, :3, 3], atol=1e-3)
    assert yaws == sorted(yaws) and yaws[-1] - yaws[0] > 20 and abs(yaws[2]) < 0.1


def test_y_can_begin_at_the_bottom():
    landmarks = _projected((10, 30, 5), (2, 3, -50))
    upside = landmarks.copy()
    upside[:, :, 1] = 1 - upside[:, :, 1]
    expected = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA).find(landmarks, SIZE)
    found = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA, y_down=False).find(upside, SIZE)
    np.testing.assert_allclose(found.poses, expected.poses, atol=1e-4)


def test_a_face_that_is_too_small_is_left_out():
    landmarks = np.repeat(_projected((0, 0, 0), (0, 0, -50)), 3, 0)
    landmarks[1] = landmarks[1] * 1e-3 + 0.5
    found = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA).find(landmarks, SIZE)
    assert found.points.shape == (2, 6, 3) and found.poses.shape == (2, 4, 4)


@pytest.mark.parametrize("has_depth", [True, False])
def test_no_face(has_depth: bool):
    pipeline = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA, has_depth=has_depth)
    found = pipeline.find(np.zeros((0, 6, 3)), SIZE)
    assert found.points.shape == (0, 6, 3) and found.poses.shape == (0, 4, 4)


@pytest.mark.parametrize("has_depth", [True, False])
def test_wrong_landmarks_are_named(has_depth: bool):
    pipeline = FaceGeometryPipeline(KEY_POINTS, WEIGHTS, CAMERA, has_depth=has_depth)
    with pytest.raises(ValueError, match=r"expected \(F, 6, 3\)"):
        pipeline.find(np.random.default_rng(0).uniform(size=(1, 7, 3)), SIZE)

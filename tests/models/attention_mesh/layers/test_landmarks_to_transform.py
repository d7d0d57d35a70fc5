"""LandmarksToTransform: where the crop lies, by geometry and by the official operator's formula."""

import numpy as np
import pytest

from attention_mesh.models.attention_mesh.layers import LandmarksToTransform

POINTS = np.array([[[10, 20, 1], [30, 20, 2], [20, 26, 3], [18, 14, 4]]], np.float32)


def corners(theta: np.ndarray, size: int) -> np.ndarray:
    """The crop's corners, clockwise from its top left, in the landmarks' frame: (4, 2)."""
    square = np.array([[0, 0, 1], [size, 0, 1], [size, size, 1], [0, size, 1]], np.float32)
    return square @ theta.T


def test_it_saves_loads_and_has_gradients(check_layer):
    points = np.random.default_rng(0).uniform(0, 48, (3, 9, 3)).astype(np.float32)
    assert check_layer(LandmarksToTransform([0, 2, 5, 7], 2, 5, crop_size=16), points).shape == (3, 2, 3)


def test_upright_landmarks_give_an_upright_crop_of_the_scaled_box():
    theta = np.asarray(LandmarksToTransform([0, 1, 2, 3], 0, 1, crop_size=8, scale=1.5)(POINTS))[0]
    # The box is 20 × 12 around (20, 20); one and a half times as large.
    expected = [[5, 11], [35, 11], [35, 29], [5, 29]]
    np.testing.assert_allclose(corners(theta, 8), expected, atol=1e-4)


@pytest.mark.parametrize("angle", [0.3, -1.2, 2.8])
def test_a_turned_face_turns_its_crop(angle):
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = POINTS.copy()
    turned[:, :, :2] = (POINTS[:, :, :2] - 20) @ turn + 20
    layer = LandmarksToTransform([0, 1, 2, 3], 0, 1, crop_size=8)
    upright, tilted = (corners(np.asarray(layer(points))[0], 8) for points in (POINTS, turned))
    np.testing.assert_allclose(tilted, (upright - 20) @ turn + 20, atol=1e-4)


def test_the_target_direction_of_the_line_is_reached():
    target = 0.4
    theta = np.asarray(LandmarksToTransform([0, 1, 2, 3], 0, 1, 8, target_rad=target)(POINTS))[0]
    # From the frame to the crop, without its unequal scales: the transposed rotation of θ.
    rotation = theta[:, :2] / np.linalg.norm(theta[:, :2], axis=0)
    line = rotation.T @ (POINTS[0, 1, :2] - POINTS[0, 0, :2])
    assert np.arctan2(line[1], line[0]) == pytest.approx(target, abs=1e-5)


def test_the_unit_divides_the_landmarks():
    whole = np.asarray(LandmarksToTransform([0, 1, 2], 0, 1, 8)(POINTS))
    parts = np.asarray(LandmarksToTransform([0, 1, 2], 0, 1, 8, unit=4)(POINTS))
    np.testing.assert_allclose(parts, whole / 4, rtol=1e-5)


def test_coinciding_points_give_no_nan():
    theta = np.asarray(LandmarksToTransform([0, 1], 0, 1, 8)(np.full((1, 2, 2), 5, np.float32)))
    np.testing.assert_allclose(theta[0], [[0, 0, 5], [0, 0, 5]], atol=1e-5)


def test_a_landmark_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="landmarks are 4, but landmark 7"):
        LandmarksToTransform([0, 7], 0, 1, 8)(POINTS)
    with pytest.raises(ValueError, match="subset is empty"):
        LandmarksToTransform([], 0, 1, 8)

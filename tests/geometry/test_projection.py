"""From a crop's coordinates to the frame's: landmarks and detections."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.projection import (
    crop_to_image_matrices,
    project_detections,
    project_landmarks,
    project_landmarks_by_matrix,
    rect_affine,
    rect_corners,
)


def rects(*rows):
    return np.array(rows, np.float32)


def test_upright_crop_is_scaled_and_shifted():
    points = np.array([[[0, 0, 0.1], [1, 1, -0.5], [0.5, 0.5, 0]]], np.float32)
    projected = project_landmarks(points, rects([0.5, 0.4, 0.2, 0.4, 0]))
    np.testing.assert_allclose(projected, [[[0.4, 0.2, 0.02], [0.6, 0.6, -0.1], [0.5, 0.4, 0]]], atol=1e-7)


def test_quarter_turn_clockwise_takes_the_crops_right_to_the_frames_bottom():
    points = np.array([[[1, 0.5, 0], [0.5, 0, 0]]], np.float32)
    projected = project_landmarks(points, rects([0.5, 0.5, 0.2, 0.2, math.pi / 2]))
    np.testing.assert_allclose(projected, [[[0.5, 0.6, 0], [0.6, 0.5, 0]]], atol=1e-7)


def test_a_mirrored_crop_takes_its_left_to_the_frames_right_and_keeps_z():
    points = np.array([[[0, 0.25, 0.5], [1, 0.5, -0.5]]], np.float32)
    straight = project_landmarks(1 - points * (1, -1, 1) - (0, 1, 1), rects([0.5, 0.5, 0.2, 0.4, 0.3]))
    mirrored = project_landmarks(points, rects([0.5, 0.5, -0.2, 0.4, 0.3]))
    np.testing.assert_allclose(mirrored[..., :2], straight[..., :2], atol=1e-6)
    np.testing.assert_allclose(mirrored[..., 2], [[0.1, -0.1]], atol=1e-7)


def test_thirty_degrees_by_hand_in_a_wide_frame():
    # A square crop of 200 px in a 1000 x 500 frame; the point lies 100 px right of the crop's center.
    projected = project_landmarks(
        np.array([[[1, 0.5, 0.5]]], np.float32), rects([0.5, 0.5, 0.2, 0.4, math.pi / 6])
    )
    x_px = 500 + 100 * math.cos(math.pi / 6)
    y_px = 250 + 100 * math.sin(math.pi / 6)
    np.testing.assert_allclose(projected, [[[x_px / 1000, y_px / 500, 0.1]]], rtol=1e-6)


def test_faces_use_their_own_rectangles():
    points = np.full((2, 3, 3), 0.5, np.float32)
    projected = project_landmarks(points, rects([0.1, 0.2, 0.3, 0.3, 1.0], [0.7, 0.8, 0.1, 0.1, -2.0]))
    np.testing.assert_allclose(projected[0, :, :2], [[0.1, 0.2]] * 3, atol=1e-7)
    np.testing.assert_allclose(projected[1, :, :2], [[0.7, 0.8]] * 3, atol=1e-7)
    np.testing.assert_allclose(projected[:, 0, 2], [0.15, 0.05], rtol=1e-6)


def test_result_is_float32_and_no_face_stays_no_face():
    assert project_landmarks(np.zeros((0, 478, 3), np.float32), np.zeros((0, 5), np.float32)).shape == (
        0,
        478,
        3,
    )
    assert (
        project_landmarks(np.zeros((1, 4, 3), np.float32), np.zeros((1, 5), np.float32)).dtype == np.float32
    )


def test_different_numbers_of_faces_are_an_error():
    with pytest.raises(ValueError, match="2 faces with 1"):
        project_landmarks(np.zeros((2, 4, 3), np.float32), np.zeros((1, 5), np.float32))


def test_a_crop_that_is_not_square_is_rotated_in_pixels():
    # 200 x 100 px crop in a 1000 x 500 frame, turned by a quarter: its right end comes to lie 100 px below.
    points = np.array([[[1, 0.5, 1], [0.5, 1, 0]]], np.float32)
    projected = project_landmarks(points, rects([0.5, 0.5, 0.2, 0.2, math.pi / 2]), (1000, 500))
    # z: the crop's upper side, 200 px, is now vertical, and 200 / 500 long.
    np.testing.assert_allclose(projected, [[[0.5, 0.7, 0.4], [0.45, 0.5, 0]]], atol=1e-6)


def test_a_square_crop_projects_alike_with_and_without_the_frame_size():
    points = np.random.default_rng(0).random((2, 5, 3), np.float32)
    square = rects([0.5, 0.4, 0.2, 0.4, 0.7], [0.1, 0.2, 0.1, 0.2, -2.0])
    with_size = project_landmarks(points, square, (1000, 500))
    np.testing.assert_allclose(with_size[..., :2], project_landmarks(points, square)[..., :2], atol=1e-6)


def test_projection_by_a_matrix_moves_scales_and_keeps_z_on_the_scale_of_x():
    matrix = np.array([[2, 0, 0, 10], [0, 3, 0, 20], [0, 0, 9, 9], [0, 0, 0, 1]], np.float32)
    points = np.array([[[1, 1, 4]]], np.float32)
    for given in (matrix, matrix.ravel(), matrix[None]):
        np.testing.assert_allclose(project_landmarks_by_matrix(points, given), [[[12, 23, 8]]])


def test_a_matrix_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="16 numbers"):
        project_landmarks_by_matrix(np.zeros((1, 4, 3), np.float32), np.eye(3))


FOUND = Detections(
    np.array([[0.25, 0.5, 0.5, 0.25]]), np.array([[[0.25, 0.5], [0.75, 0.75]]]), np.array([0.8])
)


def test_an_upright_crop_shifts_and_scales():
    matrix = crop_to_image_matrices(np.array([[50, 50, 40, 20, 0]]), (200, 100))[0]
    projected = project_detections(FOUND, matrix).in_pixels((200, 100))
    np.testing.assert_allclose(projected.boxes, [[40, 50, 20, 5]], atol=1e-4)
    np.testing.assert_allclose(projected.keypoints, [[[40, 50], [60, 55]]], atol=1e-4)
    np.testing.assert_allclose(projected.scores, [0.8])


def test_a_turned_box_becomes_the_upright_box_around_its_corners():
    matrix = crop_to_image_matrices(np.array([[50, 50, 40, 40, np.pi / 4]]), (100, 100))[0]
    projected = project_detections(FOUND, matrix)
    corners = np.array([[0.25, 0.5, 0, 1], [0.75, 0.5, 0, 1], [0.25, 0.75, 0, 1], [0.75, 0.75, 0, 1]])
    corners = (corners @ matrix.T)[:, :2]
    expected = np.concatenate([corners.min(axis=0), np.ptp(corners, axis=0)])
    np.testing.assert_allclose(projected.boxes[0], expected, atol=1e-6)


def test_no_detection_stays_none():
    assert len(project_detections(Detections.empty(), np.eye(4))) == 0


def test_corners_of_a_region_turn_clockwise() -> None:
    upright, turned = rect_corners(np.array([[100, 50, 40, 20, 0], [100, 50, 40, 20, np.pi / 2]]))
    np.testing.assert_allclose(upright, [[80, 40], [120, 40], [120, 60], [80, 60]])
    # The top-left corner goes to the top right.
    np.testing.assert_allclose(turned, [[110, 30], [110, 70], [90, 70], [90, 30]], atol=1e-4)


def test_corners_are_where_the_affine_takes_those_of_the_crop():
    rect = np.array([[30.0, 20.0, 16.0, 10.0, 0.4]])
    affine = np.array(rect_affine(rect[0].tolist()))
    crop = np.array([(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
    np.testing.assert_allclose(crop @ affine.T, rect_corners(rect)[0], atol=1e-12)


def test_corners_keep_single_precision():
    assert rect_corners(np.zeros((1, 5), np.float32)).dtype == np.float32

"""NormalizedLandmarks: checks, pixels, and the box around a face."""

import numpy as np
import pytest

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks, landmark_bounds


def test_in_pixels_scales_x_and_z_by_width_and_y_by_height():
    landmarks = NormalizedLandmarks(np.array([[[0.5, 0.25, -0.1]]]))
    np.testing.assert_allclose(landmarks.in_pixels((1280, 720)), [[[640, 180, -128]]])


def test_from_pixels_is_the_inverse_of_in_pixels():
    points_px = np.array([[[640, 180, -128], [3, 719, 4]]], np.float32)
    landmarks = NormalizedLandmarks.from_pixels(points_px, (1280, 720))
    np.testing.assert_allclose(landmarks.in_pixels((1280, 720)), points_px, rtol=1e-6)


def test_from_pixels_refuses_a_frame_without_extent():
    with pytest.raises(ValueError, match=r"\(0, 720\)"):
        NormalizedLandmarks.from_pixels(np.zeros((1, 4, 3)), (0, 720))


def test_points_become_float32():
    assert NormalizedLandmarks(np.zeros((2, 5, 3), np.float64)).points.dtype == np.float32


@pytest.mark.parametrize("shape", [(478, 3), (1, 478, 2), (1, 478, 3, 1)])
def test_another_shape_is_an_error_that_names_it(shape):
    with pytest.raises(ValueError, match=r"faces, landmarks, 3"):
        NormalizedLandmarks(np.zeros(shape))


def test_empty_has_no_face_and_keeps_the_number_of_landmarks():
    empty = NormalizedLandmarks.empty(468)
    assert len(empty) == 0
    assert empty.points.shape == (0, 468, 3)
    assert empty.in_pixels((10, 10)).shape == (0, 468, 3)


def test_take_chooses_faces_by_index_and_by_mask():
    landmarks = NormalizedLandmarks(np.arange(3 * 2 * 3).reshape(3, 2, 3))
    np.testing.assert_array_equal(landmarks.take(np.array([2, 0])).points, landmarks.points[[2, 0]])
    np.testing.assert_array_equal(
        landmarks.take(np.array([False, True, False])).points, landmarks.points[1:2]
    )


def test_fields_cannot_be_replaced():
    with pytest.raises(AttributeError):
        NormalizedLandmarks.empty().points = np.zeros((0, 478, 3))


def test_box_of_each_face_ignores_z_and_allows_negative_coordinates():
    points = np.array([[[1, 5, -99], [3, 2, 99]], [[-4, -1, 0], [-2, -7, 0]]], np.float32)
    low, high = landmark_bounds(points)
    np.testing.assert_array_equal(low, [[1, 2], [-4, -7]])
    np.testing.assert_array_equal(high, [[3, 5], [-2, -1]])


def test_no_face_has_no_box():
    low, high = landmark_bounds(np.zeros((0, 478, 3), np.float32))
    assert low.shape == high.shape == (0, 2)


def test_a_face_without_landmarks_is_an_error():
    with pytest.raises(ValueError, match="no landmark"):
        landmark_bounds(np.zeros((1, 0, 3), np.float32))

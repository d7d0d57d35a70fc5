"""landmark_bounds: the box around a face's landmarks."""

import numpy as np
import pytest

from attention_mesh.geometry.landmark_bounds import landmark_bounds


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

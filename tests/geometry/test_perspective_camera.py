"""Perspective camera: projection, its OpenGL matrix, and wrong values."""

import numpy as np
import pytest

from attention_mesh.geometry.perspective_camera import PerspectiveCamera

SIZE = (1280, 720)


def test_the_edges_of_the_field_are_the_edges_of_the_picture():
    camera = PerspectiveCamera(90)  # at a distance of 10, the picture is 20 high
    wide = 10 * 1280 / 720
    points = np.array([[0, 0, -10], [0, 10, -10], [0, -10, -10], [wide, 0, -10], [-wide, 0, -10]], np.float32)
    expected = [[0.5, 0.5], [0.5, 0], [0.5, 1], [1, 0.5], [0, 0.5]]
    found = camera.project(points, SIZE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_focal_length_is_that_of_the_angle():
    # tan(63° / 2) = 0.6128
    assert PerspectiveCamera().focal_length_px(SIZE) == pytest.approx(360 / 0.61280, rel=1e-4)


def test_the_opengl_matrix_projects_to_the_same_place():
    camera = PerspectiveCamera(50, 1, 1000)
    points = np.random.default_rng(0).uniform(-20, 20, (50, 3)) - (0, 0, 60)
    clip = np.c_[points, np.ones(50)] @ camera.projection_matrix(SIZE).T
    device = clip[:, :3] / clip[:, 3:]
    np.testing.assert_allclose(device[:, :2] * (0.5, -0.5) + 0.5, camera.project(points, SIZE), atol=1e-6)
    ends = np.array([[0, 0, -1, 1], [0, 0, -1000, 1]]) @ camera.projection_matrix(SIZE).T
    np.testing.assert_allclose(ends[:, 2] / ends[:, 3], [-1, 1], atol=1e-4)


@pytest.mark.parametrize("fov", [0, 180, -5, float("nan")])
def test_a_wrong_angle_is_named(fov: float):
    with pytest.raises(ValueError, match="between 0 and 180"):
        PerspectiveCamera(fov)


@pytest.mark.parametrize(("near", "far"), [(0, 10), (-1, 10), (10, 10), (1, float("inf"))])
def test_wrong_distances_are_named(near: float, far: float):
    with pytest.raises(ValueError, match="0 < near_cm < far_cm"):
        PerspectiveCamera(near_cm=near, far_cm=far)


def test_an_empty_picture_is_an_error():
    with pytest.raises(ValueError, match="both must be above 0"):
        PerspectiveCamera().project(np.zeros((1, 3)), (0, 720))

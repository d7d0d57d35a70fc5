"""TransformLandmarks: from the crop to the frame."""

import numpy as np
import pytest

from attention_mesh.models.attention_mesh.layers import TransformLandmarks

THETA = np.array([[[0.0, -2.0, 5.0], [2.0, 0.0, 7.0]]], np.float32)


@pytest.mark.parametrize("columns", [2, 3])
def test_it_saves_loads_and_has_gradients(check_layer, columns):
    points = np.random.default_rng(0).normal(size=(1, 4, columns)).astype(np.float32)
    assert check_layer(TransformLandmarks(4), points, THETA).shape == (1, 4, columns)


def test_x_and_y_are_mapped_and_z_stays():
    points = np.array([[[1, 2, 9]]], np.float32)
    moved = np.asarray(TransformLandmarks()(points, THETA))
    np.testing.assert_allclose(moved, [[[-4 + 5, 2 + 7, 9]]])


def test_the_unit_scales_the_shift_alone():
    points = np.array([[[1, 2]]], np.float32)
    moved = np.asarray(TransformLandmarks(4)(points, THETA))
    np.testing.assert_allclose(moved, [[[-4 + 20, 2 + 28]]])

"""The layers: their formulas and geometry, and what every layer must be able to do."""

import keras
import numpy as np
import pytest

from attention_mesh.models.attention_mesh.layers import (
    LandmarksToTransform,
    ResidualBlock,
    SpatialTransformer,
    TransformLandmarks,
)


@pytest.mark.parametrize(("filters", "strides"), [(6, 1), (9, 1), (6, 2), (9, 2)])
def test_residual_block_saves_loads_and_has_gradients(check_layer, filters, strides):
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 6)).astype(np.float32)
    assert check_layer(ResidualBlock(filters, strides), x).shape == (2, 8 // strides, 8 // strides, filters)


def test_a_block_without_weights_pools_its_skip_pads_channels_and_slopes_negatives():
    block = ResidualBlock(3, strides=2)
    block.build((None, 4, 4, 2))
    zeros = [np.zeros(weight.shape, np.float32) for weight in block.weights]
    block.set_weights([*zeros[:-1], np.full(zeros[-1].shape, 0.5, np.float32)])
    x = np.random.default_rng(1).normal(size=(1, 4, 4, 2)).astype(np.float32)
    pooled = x.reshape(1, 2, 2, 2, 2, 2).max(axis=(2, 4))
    expected = np.where(pooled > 0, pooled, pooled / 2)
    result = np.asarray(block(x))
    np.testing.assert_allclose(result[..., :2], expected, rtol=1e-6)
    np.testing.assert_array_equal(result[..., 2], 0)


def test_the_branch_is_depthwise_then_pointwise():
    block = ResidualBlock(2)
    block.build((None, 5, 5, 2))
    depthwise, depthwise_bias, pointwise, pointwise_bias, slopes = block.get_weights()
    depthwise[:], depthwise[1, 1, :, 0] = 0, [2, 3]  # each channel by its own factor
    swap = np.array([[[[0, 1], [1, 0]]]], np.float32)
    block.set_weights([depthwise, depthwise_bias + 1, swap, pointwise_bias + 10, slopes])
    x = np.abs(np.random.default_rng(2).normal(size=(1, 5, 5, 2))).astype(np.float32)
    expected = x + np.stack([3 * x[..., 1] + 1, 2 * x[..., 0] + 1], -1) + 10
    np.testing.assert_allclose(np.asarray(block(x)), expected, rtol=1e-6)


def test_a_block_that_would_drop_channels_is_refused():
    with pytest.raises(ValueError, match="4 channels in, 2 out"):
        ResidualBlock(2)(np.zeros((1, 4, 4, 4), np.float32))
    with pytest.raises(ValueError, match="strides is 3"):
        ResidualBlock(2, strides=3)


def test_it_computes_in_half_precision_under_that_policy():
    block = ResidualBlock(4, dtype="mixed_float16")
    assert keras.backend.standardize_dtype(block(np.zeros((1, 4, 4, 4), np.float32)).dtype) == "float16"


POINTS = np.array([[[10, 20, 1], [30, 20, 2], [20, 26, 3], [18, 14, 4]]], np.float32)


def corners(theta: np.ndarray, size: int) -> np.ndarray:
    """The crop's corners, clockwise from its top left, in the landmarks' frame: (4, 2)."""
    square = np.array([[0, 0, 1], [size, 0, 1], [size, size, 1], [0, size, 1]], np.float32)
    return square @ theta.T


def test_landmarks_to_transform_saves_loads_and_has_gradients(check_layer):
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


RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(2, 9, 11, 3)).astype(np.float32)
IDENTITY = np.array([[[1, 0, 0], [0, 1, 0]]], np.float32)


def transforms(count: int) -> np.ndarray:
    """Turned and scaled crops, some of whose samples lie outside."""
    angles = RNG.uniform(-1, 1, count)
    cos, sin, side = np.cos(angles), np.sin(angles), RNG.uniform(0.6, 1.6, count)
    theta = np.stack([side * cos, -side * sin, cos * 0 + 3, side * sin, side * cos, cos * 0 - 1], 1)
    return theta.reshape(count, 2, 3).astype(np.float32)


@pytest.mark.parametrize("method", ["gather", "matmul"])
@pytest.mark.parametrize("border", ["zero", "discard"])
def test_spatial_transformer_saves_loads_and_has_gradients(check_layer, border, method):
    result = check_layer(SpatialTransformer(6, border, method), FEATURES, transforms(2))
    assert result.shape == (2, 6, 6, 3)


@pytest.mark.parametrize("border", ["zero", "discard"])
def test_both_methods_give_the_same(border):
    theta = transforms(2)
    by_gather, by_matmul = (
        np.asarray(SpatialTransformer(8, border, method)(FEATURES, theta)) for method in ("gather", "matmul")
    )
    np.testing.assert_allclose(by_gather, by_matmul, atol=1e-5)
    assert (by_gather == 0).all(axis=-1).any(), "no sample fell outside: the case proves little"


@pytest.mark.parametrize("method", ["gather", "matmul"])
def test_the_identity_copies_the_corner(method):
    crop = SpatialTransformer(5, method=method)(FEATURES[:1], IDENTITY)
    np.testing.assert_allclose(np.asarray(crop), FEATURES[:1, :5, :5], atol=1e-6)


@pytest.mark.parametrize("method", ["gather", "matmul"])
def test_half_a_cell_aside_is_the_mean_of_neighbours(method):
    shifted = IDENTITY + np.array([[0, 0, 0.5], [0, 0, 0]], np.float32)
    crop = np.asarray(SpatialTransformer(5, method=method)(FEATURES[:1], shifted))
    expected = (FEATURES[:1, :5, :5] + FEATURES[:1, :5, 1:6]) / 2
    np.testing.assert_allclose(crop, expected, atol=1e-6)


def test_at_the_edge_zero_blends_and_discard_drops():
    # A quarter of a cell to the left of the first column.
    shifted = IDENTITY - np.array([[0, 0, 0.25], [0, 0, 0]], np.float32)
    blended = np.asarray(SpatialTransformer(4)(FEATURES[:1], shifted))
    dropped = np.asarray(SpatialTransformer(4, "discard")(FEATURES[:1], shifted))
    np.testing.assert_allclose(blended[:, :, 0], 0.75 * FEATURES[:1, :4, 0], atol=1e-6)
    np.testing.assert_array_equal(dropped[:, :, 0], 0)
    np.testing.assert_allclose(blended[:, :, 1:], dropped[:, :, 1:], atol=1e-6)


def test_an_unknown_border_or_method_is_refused():
    for arguments in (("wrap", "gather"), ("zero", "fft")):
        with pytest.raises(ValueError, match="expected one of"):
            SpatialTransformer(4, *arguments)


THETA = np.array([[[0.0, -2.0, 5.0], [2.0, 0.0, 7.0]]], np.float32)


@pytest.mark.parametrize("columns", [2, 3])
def test_transform_landmarks_saves_loads_and_has_gradients(check_layer, columns):
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

"""ResidualBlock: the formula of its parts, and what every layer must be able to do."""

import keras
import numpy as np
import pytest

from attention_mesh.models.attention_mesh.layers import ResidualBlock


@pytest.mark.parametrize(("filters", "strides"), [(6, 1), (9, 1), (6, 2), (9, 2)])
def test_it_saves_loads_and_has_gradients(check_layer, filters, strides):
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

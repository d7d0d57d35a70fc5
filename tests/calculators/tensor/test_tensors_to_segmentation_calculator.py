"""Masks from the tensors of segmentation networks."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "TensorsToSegmentationCalculator"
ONE = np.array([[-2, 0], [1, 3]], np.float32)[None, :, :, None]  # (1, 2, 2, 1)
TWO = np.random.default_rng(1).normal(0, 3, (1, 3, 4, 2)).astype(np.float32)


def mask_of(tensor, options="", size=None, tag="TENSORS"):
    streams = {tag: [(0, [tensor] if tag == "TENSORS" else tensor)]}
    if size is not None:
        streams["OUTPUT_SIZE"] = [(0, size)]
    (mask,) = run_calculator(NAME, streams, options=options).values("MASK")
    assert mask.dtype == np.float32
    return mask


@pytest.mark.parametrize("tag", ["TENSORS", "TENSOR"])
def test_one_channel_as_it_is_or_through_the_logistic_function(tag):
    np.testing.assert_array_equal(mask_of(ONE, tag=tag), ONE[0, ..., 0])
    logistic = 1 / (1 + np.exp(-ONE[0, ..., 0].astype(np.float64)))
    np.testing.assert_allclose(mask_of(ONE[0], "activation: SIGMOID", tag=tag), logistic, atol=1e-6)


@pytest.mark.parametrize("channel", [0, 1])
def test_the_share_of_a_channel_of_two(channel):
    powers = np.exp(TWO[0].astype(np.float64))
    share = powers[..., channel] / powers.sum(axis=2)
    mask = mask_of(TWO, f"activation: SOFTMAX output_layer_index: {channel}")
    np.testing.assert_allclose(mask, share, atol=1e-6)


def test_large_values_do_not_overflow():
    tensor = np.array([[[[1000.0, 999.0]]]], np.float32)
    np.testing.assert_allclose(mask_of(tensor, "activation: SOFTMAX"), [[1 / (1 + np.e)]], atol=1e-6)


def test_the_mask_is_scaled_to_the_size_that_is_asked_for():
    mask = mask_of(ONE, "activation: SIGMOID", size=(8, 6))
    assert mask.shape == (6, 8)
    small = mask_of(ONE, "activation: SIGMOID")
    assert mask[0, 0] == pytest.approx(small[0, 0]) and mask[-1, -1] == pytest.approx(small[1, 1])


@pytest.mark.parametrize(
    ("tensor", "options", "expected"),
    [
        (TWO, "", r"expected \(1, H, W, 1\)"),
        (ONE, "activation: SOFTMAX", r"expected \(1, H, W, 2\)"),
        (ONE.astype(np.float64), "", "float64; expected"),
        (np.concatenate([ONE, ONE]), "", r"\(2, 2, 2, 1\)"),
    ],
)
def test_a_tensor_of_another_kind_is_refused(tensor, options, expected):
    with pytest.raises(CalculatorError, match=expected):
        mask_of(tensor, options)


def test_one_of_the_inputs_is_needed():
    with pytest.raises(ConfigError, match="connect TENSORS or TENSOR"):
        run_calculator(NAME, {"OUTPUT_SIZE": [(0, (2, 2))]})


def test_a_channel_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="output_layer_index is 2; expected 0 or 1"):
        mask_of(TWO, "activation: SOFTMAX output_layer_index: 2")

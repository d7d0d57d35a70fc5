"""SpatialTransformer: bilinear samples, borders, and the equality of its two methods."""

import numpy as np
import pytest

from attention_mesh.models.attention_mesh.layers import SpatialTransformer

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
def test_it_saves_loads_and_has_gradients(check_layer, border, method):
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

"""Widening regions to the aspect ratio of a network's input."""

import numpy as np
import pytest

from attention_mesh.geometry.letterbox import pad_to_aspect


def test_the_short_side_grows_and_the_padding_is_a_fraction_of_the_input():
    rects, padding = pad_to_aspect(np.array([[50, 40, 100, 80, 0.3], [1, 1, 2, 8, 0]]), (128, 128))
    np.testing.assert_allclose(rects, [[50, 40, 100, 100, 0.3], [1, 1, 8, 8, 0]])
    np.testing.assert_allclose(padding, [[0, 0.1, 0, 0.1], [0.375, 0, 0.375, 0]], atol=1e-7)


def test_a_tall_input_pads_a_square_region_above_and_below():
    """MediaPipe's own example: 10×10 into 20×40 leaves a quarter at the top and at the bottom."""
    rects, padding = pad_to_aspect(np.array([[5, 5, 10, 10, 0]]), (20, 40))
    np.testing.assert_allclose(rects[0, 2:4], [10, 20])
    np.testing.assert_allclose(padding, [[0, 0.25, 0, 0.25]])


def test_no_regions_give_no_padding():
    rects, padding = pad_to_aspect(np.empty((0, 5)), (128, 128))
    assert rects.shape == (0, 5) and padding.shape == (0, 4)


@pytest.mark.parametrize("side", [0.0, -1.0, np.nan])
def test_a_region_without_area_is_refused(side):
    with pytest.raises(ValueError, match="must be positive"):
        pad_to_aspect(np.array([[5, 5, side, 10, 0]]), (128, 128))

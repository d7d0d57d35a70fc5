"""Widening regions to the aspect ratio of a network's input."""

import numpy as np
import pytest

from attention_mesh.geometry.letterbox import (
    pad_to_aspect,
    remove_padding_from_boxes,
    remove_padding_from_points,
)


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


def test_removing_the_padding_undoes_the_letterbox():
    """A point of a 100×80 region, letterboxed to a square, and the same back in the region."""
    _, padding = pad_to_aspect(np.array([[50, 40, 100, 80, 0]]), (128, 128))
    in_region = np.float32([[[0.25, 0.5, 0.1], [1, 0, -0.2]]])
    in_letterbox = in_region * [1, 0.8, 1] + [0, 0.1, 0]
    np.testing.assert_allclose(remove_padding_from_points(in_letterbox, padding), in_region, atol=1e-6)
    np.testing.assert_allclose(
        remove_padding_from_points(in_letterbox[:, :, :2], padding[0]), in_region[:, :, :2], atol=1e-6
    )
    boxes = remove_padding_from_boxes(np.float32([[0.2, 0.1, 0.4, 0.4]]), padding)
    np.testing.assert_allclose(boxes, [[0.2, 0, 0.4, 0.5]], atol=1e-6)


def test_each_region_has_its_own_padding_and_z_follows_x():
    padding = np.float32([[0.25, 0, 0.25, 0], [0, 0.1, 0, 0.3]])
    points = np.float32([[[0.5, 0.5, 0.1]], [[0.5, 0.4, 0.1]]])
    np.testing.assert_allclose(
        remove_padding_from_points(points, padding), [[[0.5, 0.5, 0.2]], [[0.5, 0.5, 0.1]]], atol=1e-6
    )


def test_a_padding_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="leaves nothing of the image"):
        remove_padding_from_points(np.zeros((1, 1, 2)), np.float32([0.5, 0, 0.5, 0]))

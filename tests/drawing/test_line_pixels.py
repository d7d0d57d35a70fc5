"""Pixels of a line."""

import numpy as np
import pytest

from attention_mesh.drawing.line_pixels import line_pixels


@pytest.mark.parametrize("end", [(9, 3), (3, 9), (0, 2), (1, 0), (9, 9), (4, 0)])
def test_a_line_goes_from_end_to_end_one_axis_at_a_time(end):
    pixels = line_pixels((10, 10), (4, 5), end)
    np.testing.assert_array_equal(pixels[[0, -1]], [(4, 5), end])
    assert (np.abs(np.diff(pixels, axis=0)).sum(axis=1) == 1).all()


def test_it_is_cut_at_the_image():
    pixels = line_pixels((10, 10), (-5, 4), (20, 4))
    np.testing.assert_array_equal(pixels, [(x, 4) for x in range(10)])
    assert line_pixels((10, 10), (-5, -4), (20, -4)).shape == (0, 2)

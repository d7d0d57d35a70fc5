"""Anchors in several sizes and shapes a cell."""

import numpy as np

from attention_mesh.geometry.multiscale_anchors import multiscale_anchors


def test_the_order_is_level_row_column_shape_size():
    anchors = multiscale_anchors(
        (16, 8), [(2, 1), (1, 1)], min_level=3, scales_per_octave=1, aspect_ratios=(1, 4), normalize=False
    )
    centers = [[4, 4], [4, 4], [12, 4], [12, 4], [8, 0], [8, 0]]  # 8 is no multiple of 16: no half cell
    np.testing.assert_allclose(anchors[:, :2], centers)
    np.testing.assert_allclose(anchors[:, 2:], [[32, 32], [64, 16]] * 2 + [[64, 64], [128, 32]])


def test_sizes_of_an_octave_are_a_constant_ratio_apart():
    anchors = multiscale_anchors((8, 8), [(1, 1)], scales_per_octave=3, anchor_scale=1, normalize=False)
    np.testing.assert_allclose(anchors[:, 2], 8 * 2 ** np.array([0, 1 / 3, 2 / 3]), rtol=1e-6)


def test_normalised_ones_are_fractions_of_width_and_height():
    pixels = multiscale_anchors((16, 8), [(2, 1)], normalize=False)
    np.testing.assert_allclose(multiscale_anchors((16, 8), [(2, 1)]) * [16, 8, 16, 8], pixels, rtol=1e-6)

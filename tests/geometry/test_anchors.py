"""Anchors of SSD and of RetinaNet."""

import numpy as np
import pytest

from attention_mesh.geometry.anchors import multiscale_anchors, ssd_anchors


def test_short_range_grid_is_16_by_16_twice_then_8_by_8_six_times():
    anchors = ssd_anchors((128, 128), (8, 16, 16, 16), fixed_anchor_size=True)
    assert anchors.shape == (896, 4) and anchors.dtype == np.float32
    np.testing.assert_array_equal(anchors[:, 2:], 1)
    np.testing.assert_allclose(anchors[:2, :2], 0.5 / 16)
    np.testing.assert_allclose(anchors[2, :2], [1.5 / 16, 0.5 / 16])
    np.testing.assert_allclose(anchors[512:518, :2], 0.5 / 8)
    np.testing.assert_allclose(anchors[518, :2], [1.5 / 8, 0.5 / 8])
    np.testing.assert_allclose(anchors[-1, :2], 7.5 / 8)


def test_full_range_grid_is_48_by_48_once():
    anchors = ssd_anchors((192, 192), (4,), interpolated_scale_aspect_ratio=0.0, fixed_anchor_size=True)
    assert anchors.shape == (2304, 4)
    np.testing.assert_allclose(anchors[49, :2], [1.5 / 48, 1.5 / 48])


def test_ssd_paper_layout_gives_its_number_of_boxes_and_shapes():
    """MobileNet-SSD at 300 pixels: 19², 10², 5², 3², 2², 1² cells; 3 boxes in the first layer, then 6."""
    anchors = ssd_anchors(
        (300, 300),
        (16, 32, 64, 128, 256, 512),
        aspect_ratios=(1.0, 2.0, 0.5, 3.0, 0.3333),
        reduce_boxes_in_lowest_layer=True,
    )
    assert len(anchors) == 19 * 19 * 3 + (10 * 10 + 5 * 5 + 3 * 3 + 2 * 2 + 1) * 6 == 1917
    np.testing.assert_allclose(anchors[0, 2:], [0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(anchors[1, 2:], [0.2 * 2**0.5, 0.2 / 2**0.5], rtol=1e-6)
    np.testing.assert_allclose(anchors[-1, 2:], [0.95**0.5] * 2, rtol=1e-6)


def test_feature_maps_replace_strides():
    by_stride = ssd_anchors((64, 32), (16,))
    by_size = ssd_anchors((64, 32), feature_map_sizes=((4, 2),))
    np.testing.assert_array_equal(by_stride, by_size)


def test_anchors_are_shared_and_read_only():
    anchors = ssd_anchors((64, 64), (16,))
    assert ssd_anchors((64, 64), (16,)) is anchors
    with pytest.raises(ValueError, match="read-only"):
        anchors[0] = 0


def test_neither_or_both_ways_of_giving_layers_is_refused():
    with pytest.raises(ValueError, match="either strides or feature_map_sizes"):
        ssd_anchors((64, 64))
    with pytest.raises(ValueError, match="either strides or feature_map_sizes"):
        ssd_anchors((64, 64), (16,), ((4, 4),))


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


def test_normalized_ones_are_fractions_of_width_and_height():
    pixels = multiscale_anchors((16, 8), [(2, 1)], normalize=False)
    np.testing.assert_allclose(multiscale_anchors((16, 8), [(2, 1)]) * [16, 8, 16, 8], pixels, rtol=1e-6)

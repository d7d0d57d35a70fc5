"""Anchors as a side packet."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.anchors import ssd_anchors

OPTIONS = """
num_layers: 4 strides: 8 strides: 16 strides: 16 strides: 16 input_size_width: 128 input_size_height: 128
min_scale: 0.1484375 max_scale: 0.75 aspect_ratios: 1.0 fixed_anchor_size: true
"""


def test_options_make_the_short_range_anchors():
    run = run_calculator("SsdAnchorsCalculator", options=OPTIONS)
    expected = ssd_anchors((128, 128), (8, 16, 16, 16), fixed_anchor_size=True)
    np.testing.assert_array_equal(run.side_outputs[""], expected)


def test_feature_maps_count_before_strides():
    options = OPTIONS + " ".join(f"feature_map_width: {n} feature_map_height: {n}" for n in (4, 2, 1, 1))
    run = run_calculator("SsdAnchorsCalculator", options=options)
    assert len(run.side_outputs[""]) == 2 * (16 + 4 + 1 + 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (OPTIONS + "strides: 16", "5 strides or feature maps for num_layers 4"),
        (OPTIONS.replace("input_size_width: 128", ""), "input_size is 0x128"),
        ("input_size_width: 8 input_size_height: 8", "strides, or feature_map_width"),
        (OPTIONS + "feature_map_width: 4", "differ in length"),
    ],
)
def test_options_that_contradict_one_another_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator("SsdAnchorsCalculator", options=options)


def test_anchors_of_several_scales_by_their_levels():
    """Two levels on 16×16: cells of 8 and 16 pixels, sizes 4 and 4√2 cells, two shapes."""
    options = """
    multiscale_anchor_generation: true min_level: 3 max_level: 4 input_size_width: 16 input_size_height: 16
    strides: 8 strides: 16 anchor_scale: 4 scales_per_octave: 2 aspect_ratios: 1 aspect_ratios: 4
    """
    anchors = run_calculator("SsdAnchorsCalculator", options=options).side_outputs[""]
    assert anchors.shape == ((4 + 1) * 4, 4)
    np.testing.assert_allclose(anchors[0], [0.25, 0.25, 2, 2])
    np.testing.assert_allclose(anchors[1], [0.25, 0.25, 2 * 2**0.5, 2 * 2**0.5], rtol=1e-6)
    np.testing.assert_allclose(anchors[2], [0.25, 0.25, 4, 1])
    np.testing.assert_allclose(anchors[16], [0.5, 0.5, 4, 4])
    pixels = run_calculator("SsdAnchorsCalculator", options=options + "normalize_coordinates: false")
    np.testing.assert_allclose(pixels.side_outputs[""], anchors * 16, rtol=1e-6)


def test_fixed_anchors_are_handed_on():
    options = "fixed_anchors { x_center: 0.1 y_center: 0.2 w: 0.3 h: 0.4 }"
    anchors = run_calculator("SsdAnchorsCalculator", options=options).side_outputs[""]
    np.testing.assert_allclose(anchors, [[0.1, 0.2, 0.3, 0.4]])


def test_levels_need_a_layer_each():
    options = OPTIONS + "multiscale_anchor_generation: true min_level: 3 max_level: 7"
    with pytest.raises(ConfigError, match="4 strides or feature maps for min_level to max_level 5"):
        run_calculator("SsdAnchorsCalculator", options=options)

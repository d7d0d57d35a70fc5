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

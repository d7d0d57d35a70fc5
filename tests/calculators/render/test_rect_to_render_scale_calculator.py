"""Scale of drawings from the size of the region that they mark."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "RectToRenderScaleCalculator"
RECT = NormalizedRects(np.float32([(0.5, 0.5, 0.25, 0.5, 1)]))


def scales(rects, sizes, options="", bounds=None):
    run = run_calculator(NAME, {"NORM_RECT": rects, "IMAGE_SIZE": sizes}, options=options, bounds=bounds)
    return [(packet.timestamp, packet.value) for packet in run.packets("RENDER_SCALE")]


def test_the_longer_side_in_pixels_counts():
    assert scales([(0, RECT)], [(0, (640, 480))], "multiplier: 0.5") == [(0, 120.0)]
    assert scales([(0, RECT)], [(0, (1280, 480))], "multiplier: 0.5") == [(0, 160.0)]


def test_without_rectangle_it_is_the_multiplier():
    assert scales([], [(3, (640, 480))], "multiplier: 0.5", {"NORM_RECT": 9}) == [(3, 0.5)]
    assert scales([(0, NormalizedRects.empty())], [(0, (640, 480))], "multiplier: 0.5") == [(0, 0.5)]


@pytest.mark.parametrize("asked, expected", [("false", []), ("true", [(8, 0.5)])])
def test_timestamps_without_packets_on_request(asked, expected):
    options = f"multiplier: 0.5 process_timestamp_bounds: {asked}"
    assert scales([], [], options, {"NORM_RECT": 9, "IMAGE_SIZE": 9}) == expected


def test_a_rectangle_needs_the_size():
    with pytest.raises(CalculatorError, match="has no packet although there is a rectangle"):
        scales([(0, RECT)], [], bounds={"IMAGE_SIZE": 5})

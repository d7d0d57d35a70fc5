"""NormalizedRectVectorHasMinSizeCalculator: option, side packet, no packet."""

import numpy as np
import pytest

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "NormalizedRectVectorHasMinSizeCalculator"


def rects(count):
    return NormalizedRects(np.zeros((count, 5), np.float32))


@pytest.mark.parametrize(("count", "expected"), [(0, False), (1, False), (2, True), (3, True)])
def test_enough_is_at_least_the_option(count, expected):
    assert run_calculator(NAME, {"ITERABLE": [(0, rects(count))]}, {}, "min_size: 2").values("") == [expected]


def test_the_side_packet_overrides_the_option():
    run = run_calculator(NAME, {"ITERABLE": [(0, rects(2))]}, {"": 3}, "min_size: 2")
    assert run.values("") == [False]


def test_without_a_packet_only_the_bound_moves():
    run = run_calculator(NAME, {"ITERABLE": []}, {}, "min_size: 2", bounds={"ITERABLE": 9})
    assert run.values("") == []
    assert run.bound("") == 9


def test_a_negative_size_fails_at_validation():
    with pytest.raises(ConfigError, match="min_size"):
        run_calculator(NAME, {"ITERABLE": []}, {}, "min_size: -1")

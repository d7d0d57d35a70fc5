"""Size of an image."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_CPU"])
def test_size_is_width_then_height(tag):
    run = run_calculator("ImagePropertiesCalculator", {tag: [(5, np.zeros((48, 64, 3), np.uint8))]})
    assert run.values("SIZE") == [(64, 48)] and run.bound("SIZE") == 6


def test_what_is_no_image_is_refused():
    with pytest.raises(CalculatorError, match=r"shape \(7,\) is no image"):
        run_calculator("ImagePropertiesCalculator", {"IMAGE": [(5, np.zeros(7))]})


def test_one_of_the_inputs_is_needed():
    with pytest.raises(ConfigError, match="exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU"):
        run_calculator("ImagePropertiesCalculator", {"IMAGE": [], "IMAGE_CPU": []})

"""Size of an image."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator


def test_size_is_width_then_height():
    run = run_calculator("ImagePropertiesCalculator", {"IMAGE": [(5, np.zeros((48, 64, 3), np.uint8))]})
    assert run.values("SIZE") == [(64, 48)] and run.bound("SIZE") == 6


def test_what_is_no_image_is_refused():
    with pytest.raises(CalculatorError, match=r"shape \(7,\) is no image"):
        run_calculator("ImagePropertiesCalculator", {"IMAGE": [(5, np.zeros(7))]})

"""Copies of images between CPU and GPU."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "ImageCloneCalculator"


def test_an_image_passes_as_it_is():
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    (passed,) = run_calculator(NAME, {"": [(5, image)]}).values("")
    assert passed is image


def test_an_image_on_the_gpu_is_refused():
    with pytest.raises(ConfigError, match="output_on_gpu is not available"):
        run_calculator(NAME, {"": []}, options="output_on_gpu: true")

"""Images of either kind become one."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_CPU"])
def test_the_very_image_passes(tag):
    image = np.zeros((4, 3, 3), np.uint8)
    run = run_calculator("ToImageCalculator", {tag: [(7, image)]})
    assert run.values("IMAGE")[0] is image and run.packets("IMAGE")[0].timestamp == 7


@pytest.mark.parametrize("tags, given", [((), "none"), (("IMAGE", "IMAGE_CPU"), "IMAGE, IMAGE_CPU")])
def test_it_takes_one_image(tags, given):
    with pytest.raises(
        ConfigError, match=rf"exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU \(connected: {given}\)"
    ):
        run_calculator("ToImageCalculator", {tag: [] for tag in tags})

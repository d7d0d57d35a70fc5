"""The one kind of image becomes one in the CPU's memory."""

import numpy as np

from attention_mesh.framework.testing import run_calculator


def test_the_very_image_passes_and_lies_on_the_cpu():
    image = np.zeros((4, 3, 3), np.uint8)
    run = run_calculator("FromImageCalculator", {"IMAGE": [(7, image)]}, bounds={"IMAGE": 20})
    assert run.values("IMAGE_CPU")[0] is image and run.values("SOURCE_ON_GPU") == [False]
    assert run.bound("IMAGE_CPU") == run.bound("SOURCE_ON_GPU") == 20

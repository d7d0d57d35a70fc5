"""MediaPipe's nodes between CPU and GPU, in graphs for phones."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator


@pytest.mark.parametrize("name", ["GpuBufferToImageFrameCalculator", "ImageFrameToGpuBufferCalculator"])
def test_images_pass_as_they_are(name):
    image = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (passed,) = run_calculator(name, {"": [(5, image)]}).values("")
    assert passed is image

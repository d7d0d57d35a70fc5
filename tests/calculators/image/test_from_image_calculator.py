"""The one kind of image becomes one in the CPU's or the GPU's memory."""

from __future__ import annotations

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

NAME = "FromImageCalculator"


def test_the_very_image_passes_and_lies_on_the_cpu() -> None:
    image = np.zeros((4, 3, 3), np.uint8)
    outputs = ["IMAGE_CPU", "SOURCE_ON_GPU"]
    run = run_calculator(NAME, {"IMAGE": [(7, image)]}, outputs=outputs, bounds={"IMAGE": 20})
    assert run.values("IMAGE_CPU")[0] is image and run.values("SOURCE_ON_GPU") == [False]
    assert run.bound("IMAGE_CPU") == run.bound("SOURCE_ON_GPU") == 20


@on_gpu
def test_it_carries_images_to_the_memory_that_is_asked_for() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    services = {GPU_SERVICE: gpu_recorder()}
    up = run_calculator(NAME, {"IMAGE": [(7, image)]}, services=services)
    (picture,) = up.values("IMAGE_GPU")
    down = run_calculator(NAME, {"IMAGE": [(7, picture)]}, services=services)
    assert down.values("IMAGE_GPU") == [picture] and down.values("SOURCE_ON_GPU") == [True]
    np.testing.assert_array_equal(down.values("IMAGE_CPU")[0], image)

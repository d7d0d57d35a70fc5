"""Copies of images between CPU and GPU."""

from __future__ import annotations

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

NAME = "ImageCloneCalculator"
IMAGE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def test_an_image_passes_as_it_is() -> None:
    (passed,) = run_calculator(NAME, {"": [(5, IMAGE)]}).values("")
    assert passed is IMAGE


@on_gpu
def test_an_image_goes_to_the_gpu_and_comes_back() -> None:
    services = {GPU_SERVICE: gpu_recorder()}
    (up,) = run_calculator(NAME, {"": [(5, IMAGE)]}, options="output_on_gpu: true", services=services).values(
        ""
    )
    assert isinstance(up, GpuBuffer)
    (same,) = run_calculator(NAME, {"": [(5, up)]}, options="output_on_gpu: true", services=services).values(
        ""
    )
    assert same is up
    (down,) = run_calculator(NAME, {"": [(5, up)]}, services=services).values("")
    np.testing.assert_array_equal(down, IMAGE)

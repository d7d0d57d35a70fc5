"""MediaPipe's nodes between CPU and GPU: they carry images there and back, or pass them on without a GPU."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

UP, DOWN = "ImageFrameToGpuBufferCalculator", "GpuBufferToImageFrameCalculator"


@pytest.mark.parametrize("name", [UP, DOWN])
def test_without_a_gpu_images_pass_as_they_are(name: str) -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (passed,) = run_calculator(name, {"": [(5, image)]}).values("")
    assert passed is image


@on_gpu
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (480, 641, 3)])
def test_an_image_comes_back_as_it_was(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    services = {GPU_SERVICE: gpu_recorder()}
    (picture,) = run_calculator(UP, {"": [(5, image)]}, services=services).values("")
    assert isinstance(picture, GpuBuffer) and (picture.height, picture.width) == shape[:2]
    (back,) = run_calculator(DOWN, {"": [(5, picture)]}, services=services).values("")
    np.testing.assert_array_equal(back, image)


@on_gpu
def test_an_image_of_floats_is_refused_with_a_hint() -> None:
    with pytest.raises(CalculatorError, match=r"expected \(H, W\), .* uint8. .*255"):
        run_calculator(UP, {"": [(0, np.zeros((4, 4, 3)))]}, services={GPU_SERVICE: gpu_recorder()})


@on_gpu
def test_an_image_on_a_gpu_needs_the_service() -> None:
    picture = gpu_recorder().upload_picture(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(CalculatorError, match='in a graph without the service "gpu"'):
        run_calculator(DOWN, {"": [(0, picture)]})

"""MediaPipe's nodes between CPU and GPU: they carry images there and back, or pass them on without a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.media.raw_picture import RAW_FORMATS, RawPicture
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


def random_picture(format: str, size: tuple[int, int], pad: int, **tags: Any) -> RawPicture:
    """Random bytes; each row is `pad` bytes longer than needed."""
    width, height = size
    halves = -(-width // 2), -(-height // 2)
    shapes = {
        "yuy2": [(height, 4 * halves[0])],
        "nv12": [(height, width), (halves[1], 2 * halves[0])],
        "i420": [(height, width), (halves[1], halves[0]), (halves[1], halves[0])],
    }.get(format, [(height, width * {"gray": 1}.get(format, len(format)))])
    random = np.random.default_rng(0)
    planes = tuple(random.integers(0, 256, (rows, count + pad), np.uint8) for rows, count in shapes)
    return RawPicture(format, size, planes, **tags)


@on_gpu
@pytest.mark.parametrize(
    "size, pad", [((64, 48), 0), ((33, 17), 0), ((31, 18), 5), ((1, 1), 0), ((2, 3), 32)]
)
@pytest.mark.parametrize("format", RAW_FORMATS)
def test_the_formats_of_cameras_become_the_cpus_rgb(format: str, size: tuple[int, int], pad: int) -> None:
    pad += -pad % 4 if format in ("rgba", "bgra") else 0
    services = {GPU_SERVICE: gpu_recorder()}
    for tags in (
        {"matrix": "bt601"},
        {"matrix": "bt709", "is_full_range": True},
        {"matrix": "bt2020"},
    ):
        raw = random_picture(format, size, pad, **tags)
        (picture,) = run_calculator(UP, {"": [(5, raw)]}, services=services).values("")
        (back,) = run_calculator(DOWN, {"": [(5, picture)]}, services=services).values("")
        expected = raw.to_rgb()
        expected = expected[:, :, 0] if format == "gray" else expected
        # The processor and the GPU add in another order, so that a half may be rounded up or down.
        assert back.shape == expected.shape
        assert np.abs(back.astype(int) - expected).max() <= (1 if format in ("yuy2", "nv12", "i420") else 0)
        assert (back != expected).mean() < 0.01


def test_without_a_gpu_the_format_of_a_camera_becomes_rgb() -> None:
    raw = random_picture("nv12", (6, 4), 0)
    (passed,) = run_calculator(UP, {"": [(5, raw)]}).values("")
    np.testing.assert_array_equal(passed, raw.to_rgb())


@on_gpu
def test_an_image_of_floats_is_refused_with_a_hint() -> None:
    with pytest.raises(CalculatorError, match=r"expected \(H, W\), .* uint8. .*255"):
        run_calculator(UP, {"": [(0, np.zeros((4, 4, 3)))]}, services={GPU_SERVICE: gpu_recorder()})


@on_gpu
def test_an_image_on_a_gpu_needs_the_service() -> None:
    picture = gpu_recorder().upload_picture(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(CalculatorError, match='in a graph without the service "gpu"'):
        run_calculator(DOWN, {"": [(0, picture)]})

"""Nodes for images do on the GPU what they do on the CPU."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

TRANSFORM, CROP, CONVERT = (
    "ImageTransformationCalculator",
    "ImageCroppingCalculator",
    "TfLiteConverterCalculator",
)


def image(channels: int = 3) -> np.ndarray:
    """(45, 62, channels) uint8: waves, so that neighbors differ by at most 30 gray levels."""
    y, x = np.mgrid[:45, :62]
    waves = [127 + 120 * np.sin(0.2 * x + 0.15 * c * y + c) for c in range(channels)]
    return np.stack(waves, axis=2).astype(np.uint8)


def on_both(name: str, picture: np.ndarray, options: str, **more: list) -> tuple[np.ndarray, np.ndarray]:
    """What a node sends for an image on the CPU, and downloaded for the same on the GPU."""
    gpu = gpu_recorder()
    run = run_calculator(name, {"IMAGE": [(0, picture)], **more}, options=options, outputs=["IMAGE"])
    (expected,) = run.values("IMAGE")
    (up,) = run_calculator(
        "ImageFrameToGpuBufferCalculator", {"": [(0, picture)]}, services={GPU_SERVICE: gpu}
    ).values("")
    inputs = {"IMAGE_GPU": [(0, up)], **more}
    outputs, services = ["IMAGE_GPU"], {GPU_SERVICE: gpu}
    run = run_calculator(name, inputs, options=options, outputs=outputs, services=services)
    (found,) = run.values("IMAGE_GPU")
    assert isinstance(found, GpuBuffer) and found.channels == up.channels
    return gpu.read_picture(found).result()[:, :, : expected.shape[2]], expected


@on_gpu
@pytest.mark.parametrize(
    "options",
    [
        "output_width: 20 output_height: 31",  # narrower and lower: means of areas
        "output_width: 100 output_height: 90",
        "output_width: 100 output_height: 20",  # one side longer: linear
        "output_width: 64 output_height: 64 scale_mode: FIT",
        "output_width: 30 output_height: 64 scale_mode: FIT constant_padding: false",
        "output_width: 30 output_height: 64 scale_mode: FIT padding_color { red: 9 green: 99 blue: 200 }",
        "output_width: 64 output_height: 64 scale_mode: FILL_AND_CROP",
        "output_width: 29 output_height: 89 interpolation_mode: NEAREST",  # no place between two pixels
        "rotation_mode: ROTATION_90",
        "rotation_mode: ROTATION_180 flip_vertically: true",
        "rotation_mode: ROTATION_270 flip_horizontally: true",
        "output_width: 40 output_height: 31 rotation_mode: ROTATION_90",
        "flip_horizontally: true",
    ],
)
def test_transformed_images_are_the_cpus_within_a_gray_level(options: str) -> None:
    for channels in (3, 4):
        found, expected = on_both(TRANSFORM, image(channels), options)
        assert found.shape == expected.shape
        assert np.abs(found.astype(int) - expected).max() <= 1


@on_gpu
@pytest.mark.parametrize("border", ["BORDER_ZERO", "BORDER_REPLICATE"])
@pytest.mark.parametrize(
    "rect", [(0.5, 0.5, 0.4, 0.6, 0.0), (0.45, 0.52, 0.33, 0.41, 0.7), (0.9, 0.1, 0.5, 0.5, -0.3)]
)
def test_cut_out_pixels_are_the_cpus(rect: tuple[float, ...], border: str) -> None:
    regions = [(0, NormalizedRects(np.float32([rect])))]
    found, expected = on_both(CROP, image(), f"border_mode: {border}", NORM_RECT=regions)
    assert found.shape == expected.shape
    # OpenCV calculates places in steps of a thousandth of a pixel, so some lie nearer to another pixel.
    assert np.mean(np.any(found != expected, axis=2)) < 0.01


@on_gpu
@pytest.mark.parametrize("options", ["zero_center: false", "output_tensor_float_range { min: -2 max: 3 }"])
def test_a_tensor_is_the_cpus(options: str) -> None:
    gpu = gpu_recorder()
    (expected,) = run_calculator(CONVERT, {"IMAGE": [(0, image())]}, options=options).values("TENSORS")
    picture = gpu.upload_picture(np.dstack([image(), np.full((45, 62), 255, np.uint8)]), 3)
    inputs = {"IMAGE_GPU": [(0, picture)]}
    (found,) = run_calculator(CONVERT, inputs, options=options, services={GPU_SERVICE: gpu}).values(
        "TENSORS_GPU"
    )
    assert isinstance(found[0], GpuTensor)
    np.testing.assert_allclose(gpu.read(found[0]).result(), expected[0], atol=1e-5)


@on_gpu
def test_sizes_and_images_pass() -> None:
    picture = gpu_recorder().upload_picture(np.zeros((4, 6, 4), np.uint8))
    for tag in ("IMAGE", "IMAGE_GPU"):
        assert run_calculator("ImagePropertiesCalculator", {tag: [(0, picture)]}).values("SIZE") == [(6, 4)]
        assert run_calculator("ToImageCalculator", {tag: [(0, picture)]}).values("IMAGE") == [picture]


@pytest.mark.parametrize(
    "name, inputs, outputs, problem",
    [
        (TRANSFORM, ["IMAGE", "IMAGE_GPU"], ["IMAGE"], "connect one of the inputs IMAGE and IMAGE_GPU"),
        (TRANSFORM, ["IMAGE_GPU"], ["IMAGE"], "connect the output IMAGE_GPU: the result is where"),
        (CROP, ["IMAGE"], ["IMAGE_GPU"], "connect the output IMAGE: the result is where"),
        (CROP, [], ["IMAGE_GPU"], "connect one of the inputs IMAGE and IMAGE_GPU"),
        (CONVERT, ["IMAGE_GPU"], ["TENSORS"], "connect the output TENSORS_GPU: the tensor is where"),
        ("TfLiteInferenceCalculator", ["TENSORS"], ["TENSORS_GPU"], "needs the input TENSORS_GPU"),
    ],
)
def test_sides_that_do_not_fit_are_refused(
    name: str, inputs: list[str], outputs: list[str], problem: str
) -> None:
    options = 'model_path: "iris_landmark"' if name.startswith("TfLiteI") else None
    with pytest.raises(ConfigError, match=problem):
        run_calculator(name, {tag: [] for tag in inputs}, options=options, outputs=outputs)

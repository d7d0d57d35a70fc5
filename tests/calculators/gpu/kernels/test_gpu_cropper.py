"""Crops on a GPU are those of the CPU within one gray level: alone, as a node, and in a graph."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_cropper import GpuCropper
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.gpu.kernels.raw_upload import RawGpuBuffer, upload_raw
from attention_mesh.framework import CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.media.raw_picture import RawPicture
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.device import GpuCounters

RECTS = np.array(
    [
        [220, 110, 180, 200, 0.3],
        [220, 110, 700, 700, -1.0],  # beyond every side of the image
        [10, 500, 300, 300, 2.0],
        [256, 256, 512, 512, 0.0],  # the whole image
        [250.3, 200.7, 90, 60, 3.1],
        [-400, -400, 100, 100, 0.5],  # outside
    ]
)


@on_gpu
@pytest.mark.parametrize("border", ["replicate", "zero"])
@pytest.mark.parametrize("size", [(192, 192), (128, 96), (5, 3)])
def test_a_crop_is_that_of_the_cpu(astronaut: np.ndarray, size: tuple[int, int], border: str) -> None:
    gpu = gpu_recorder()
    picture = gpu.upload_picture(cv2.cvtColor(astronaut, cv2.COLOR_RGB2RGBA), 3)
    found = gpu.read(GpuCropper(gpu, size, (0, 255), border).crop(picture, RECTS)).result()
    expected = Cropper(size, None, border).crop(astronaut, RECTS)
    difference = np.abs(found - expected)
    # OpenCV before 5 rounds positions to 1/32 of a pixel, which is a few levels at the sharpest edges.
    assert difference.max() <= (1 if int(cv2.__version__.split(".")[0]) >= 5 else 8)
    assert np.median(difference) == 0 and difference.mean() < 0.1


@on_gpu
def test_values_come_in_the_range_of_the_network(astronaut: np.ndarray) -> None:
    gpu = gpu_recorder()
    picture = gpu.upload_picture(cv2.cvtColor(astronaut, cv2.COLOR_RGB2RGBA), 3)
    found = gpu.read(GpuCropper(gpu, (32, 32), (-1, 1), "zero").crop(picture, RECTS[:2])).result()
    expected = Cropper((32, 32), (-1.0, 1.0), "zero").crop(astronaut, RECTS[:2])
    np.testing.assert_allclose(found, expected, atol=2 / 255 + 1e-6)  # a gray level


@on_gpu
@pytest.mark.parametrize("border", ["replicate", "zero"])
@pytest.mark.parametrize(
    "format, shape", [("rgb", (48, 64, 3)), ("gray", (48, 64)), ("yuy2", (48, 64, 2)), ("nv12", (72, 64))]
)
def test_a_small_crop_converts_only_what_it_shows(format: str, shape: tuple[int, ...], border: str) -> None:
    gpu = gpu_recorder()
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    picture = upload_raw(gpu, RawPicture.from_array(pixels, format))
    assert isinstance(picture, RawGpuBuffer)
    cropper, rects = GpuCropper(gpu, (16, 12), (0, 255), border), [[50, 20, 40, 30, 0.4]]
    found = gpu.read(cropper.crop(picture, rects)).result()
    assert picture.is_raw
    expected = gpu.read(GpuCropper(gpu, (64, 48), (0, 255), border).crop(picture, rects)).result()
    assert not picture.is_raw  # a crop of as many pixels as the picture has needs the picture four times
    assert expected.shape == (1, 48, 64, 3)
    np.testing.assert_array_equal(found, gpu.read(cropper.crop(picture, rects)).result())


GRAPH = """
input_stream: "IMAGE:image"
input_stream: "ROIS:rois"
output_stream: "crops"
node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "image" output_stream: "image_gpu" }
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE_GPU:image_gpu"
  input_stream: "NORM_RECT:rois"
  output_stream: "TENSORS:crops"
  output_stream: "MATRIX:matrices"
  node_options {
    [type.googleapis.com/mediapipe.ImageToTensorCalculatorOptions] {
      output_tensor_width: 64 output_tensor_height: 48 keep_aspect_ratio: true
      output_tensor_float_range { min: 0 max: 1 }
    }
  }
}
"""


@on_gpu
def test_a_graph_crops_what_it_has_uploaded(astronaut: np.ndarray) -> None:
    rois = NormalizedRects(np.array([[0.4, 0.2, 0.3, 0.4, 0.2], [0.5, 0.5, 1, 1, 0]], np.float32))
    crops, counters = [], None
    with CalculatorGraph(GRAPH, scheduler="caller") as graph:  # opens the device by itself
        graph.observe_output_stream("crops", lambda packet: crops.append(packet.value[0]))
        graph.start_run()
        graph.add_packet("image", astronaut, 0)
        graph.add_packet("rois", rois, 0)
        graph.wait_until_idle()
        gpu = graph.service_object(GPU_SERVICE)
        counters = replace(gpu.device.counters)
        found = gpu.read(crops[0]).result()
    assert counters == GpuCounters(uploads=2)  # the image and the regions; nothing is submitted before a read
    text = GRAPH[GRAPH.index("output_tensor_width") : GRAPH.index("    }\n  }")]
    cpu = run_calculator(
        "ImageToTensorCalculator", {"IMAGE": [(0, astronaut)], "NORM_RECT": [(0, rois)]}, options=text
    )
    np.testing.assert_allclose(found, cpu.values("TENSORS")[0][0], atol=1 / 255 + 1e-6)


@pytest.mark.parametrize(
    "tags, wanted, message",
    [
        (
            ["IMAGE", "IMAGE_GPU"],
            "output_tensor_float_range { min: 0 max: 1 }",
            "one of the inputs IMAGE and",
        ),
        ([], "output_tensor_float_range { min: 0 max: 1 }", "one of the inputs IMAGE and IMAGE_GPU"),
        (["IMAGE_GPU"], "output_tensor_int_range { min: -128 max: 127 }", "images on a GPU take"),
        (["IMAGE_GPU"], "output_tensor_uint_range { min: 0 max: 127 }", "is 0 to 127; images on a GPU take"),
    ],
)
def test_what_cannot_work_fails_at_validation(tags: list[str], wanted: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_calculator("ImageToTensorCalculator", {tag: [] for tag in tags}, options=wanted)

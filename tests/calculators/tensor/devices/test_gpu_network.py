"""A network in a graph's work on the GPU gives the CPU's numbers, and nothing leaves the GPU on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.tensor.devices.gpu_network import GpuNetwork
from attention_mesh.framework import CalculatorError, CalculatorGraph
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.tests.webgpu.gpu_process import (
    SWIFTSHADER,
    gpu_device,
    gpu_recorder,
    on_gpu,
    public_calls_only,
)
from attention_mesh.webgpu.device import GpuCounters
from attention_mesh.webgpu.gpu_buffer import GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

GRAPH = """
input_stream: "image"
input_stream: "rois"
output_stream: "outputs"
%s
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "%s"
  input_stream: "NORM_RECT:rois"
  output_stream: "TENSORS:crops"
  node_options {
    [type.googleapis.com/mediapipe.ImageToTensorCalculatorOptions] {
      output_tensor_width: 128 output_tensor_height: 128
      output_tensor_float_range { min: -1 max: 1 }
    }
  }
}
node {
  calculator: "InferenceCalculator"
  input_stream: "TENSORS:crops"
  output_stream: "TENSORS:outputs"
  node_options {
    [type.googleapis.com/mediapipe.InferenceCalculatorOptions] {
      model_path: "face_detection_short_range"
      input_output_config { output_tensor_indices_map { model_tensor_indices: [1, 0] } }
    }
  }
}
"""
UPLOAD = (
    'node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "image" output_stream: "on_gpu" }'
)
ROIS = NormalizedRects(np.array([[0.5, 0.5, 1, 1, 0], [0.43, 0.22, 0.5, 0.5, 0.1]], np.float32))


@on_gpu
def test_a_graph_infers_what_it_crops_without_leaving_the_gpu(astronaut: np.ndarray) -> None:
    found = []
    for graph in (GRAPH % (UPLOAD, "IMAGE_GPU:on_gpu"), GRAPH % ("", "IMAGE:image")):
        with CalculatorGraph(graph, scheduler="caller") as running:
            if UPLOAD in graph:
                running.set_service_object(GPU_SERVICE, gpu_recorder())
            packets: list[list] = []
            running.observe_output_stream("outputs", lambda packet, kept=packets: kept.append(packet.value))
            running.start_run()
            before = replace(gpu_recorder().device.counters)
            for frame, rois in enumerate([ROIS, NormalizedRects.empty(), ROIS.take(slice(1))]):
                running.add_packet("image", astronaut, frame)
                running.add_packet("rois", rois, frame)
            running.wait_until_idle()
            done = gpu_recorder().device.counters.since(before)
            assert done.submissions == done.reads == done.waits == 0
            found.append(packets)
    for on_gpu_side, on_cpu_side in zip(*found, strict=True):
        for tensor, expected in zip(on_gpu_side, on_cpu_side, strict=True):
            numbers = gpu_recorder().read(tensor).result()
            assert numbers.shape == expected.shape and expected.shape[2] in (1, 16)
            # A crop may differ by a gray level here and there.
            np.testing.assert_allclose(numbers, expected, atol=0.05 * np.abs(expected).max(initial=1))
            assert np.abs(numbers - expected).mean() < 2e-3 if numbers.size else True


@on_gpu
def test_a_batch_that_grows_and_shrinks_gives_each_face_its_own_numbers() -> None:
    gpu, file = gpu_recorder(), model_path("face_detection_short_range")
    network, cpu = GpuNetwork(gpu, file), LitertRunner(file, 1)
    assert network.output_names == cpu.outputs.names
    before = replace(gpu.device.counters)
    for faces in (1, 3, 2):
        crops = np.random.default_rng(faces).random((faces, 128, 128, 3), np.float32)
        results = [gpu.read(tensor) for tensor in network.run([gpu.upload(crops)])]
        for result, expected in zip(results, cpu.run([crops]), strict=True):
            np.testing.assert_allclose(result.result(), expected, atol=2e-3)
    done = replace(gpu.device.counters.since(before), uploads=0)
    assert done == GpuCounters(submissions=3, reads=6, waits=6)


@on_gpu
def test_tensors_that_do_not_fit_are_refused() -> None:
    gpu = gpu_recorder()
    network = GpuNetwork(gpu, model_path("face_detection_short_range"))
    with pytest.raises(ValueError, match=r"the input input takes \(F, 128, 128, 3\).* got \(1, 64, 64, 3\)"):
        network.run([gpu.tensor((1, 64, 64, 3))])
    with pytest.raises(ValueError, match="the model has 1 inputs, got 2 tensors"):
        network.run([gpu.tensor((1, 128, 128, 3))] * 2)


@on_gpu
def test_tensors_on_a_gpu_need_the_service() -> None:
    tensors = [gpu_recorder().tensor((1, 128, 128, 3))]
    options = 'model_path: "face_detection_short_range"'
    with pytest.raises(CalculatorError, match='in a graph without the service "gpu"'):
        run_calculator("InferenceCalculator", {"TENSORS": [(0, tensors)]}, options=options)


@on_gpu
@pytest.mark.parametrize("is_fast", [True, False])
def test_the_gpu_itself_decides_how_many_faces_run(is_fast: bool) -> None:
    with public_calls_only(not is_fast):
        check_counted_runs()


def check_counted_runs() -> None:
    gpu, file = GpuRecorder(gpu_device()), model_path("face_detection_short_range")
    network, cpu = GpuNetwork(gpu, file), LitertRunner(file, 1)
    crops = np.random.default_rng(0).random((4, 3, 128, 128, 3), np.float32)
    tensors = [gpu.upload(each) for each in crops]
    kept = network.run([tensors[0]])[0]  # all three
    expected = [cpu.run([each])[0] for each in crops]
    state = expected[0]
    np.testing.assert_allclose(gpu.read(kept).result(), state, atol=2e-3)
    for frame, count in ((1, 2), (2, 0), (3, 9)):  # 9: no more than there are
        results = network.run([tensors[frame]], gpu.upload(np.array([count], np.uint32)))
        state = np.concatenate([expected[frame][:count], state[count:]])
        np.testing.assert_allclose(gpu.read(results[0]).result(), state, atol=2e-3)


@on_gpu
def test_half_precision_is_used_where_graph_and_adapter_allow_it(
    astronaut: np.ndarray,
) -> None:
    check_half_precision(astronaut, has_f16=True)


@on_gpu(driver=SWIFTSHADER)
def test_half_precision_is_float_on_an_adapter_without_it(astronaut: np.ndarray) -> None:
    check_half_precision(astronaut, has_f16=False)


def check_half_precision(astronaut: np.ndarray, has_f16: bool) -> None:
    gpu = gpu_recorder()
    if has_f16 and "f16" not in gpu.device.features:
        pytest.skip("the adapter has no 16-bit floats")
    assert ("f16" in gpu.device.features) == has_f16
    face = np.ascontiguousarray(astronaut[16:144, 160:288]).astype(np.float32)[None]
    found = {}
    for allowed in ("", "allow_precision_loss: false", "allow_precision_loss: true"):
        options = f'model_path: "face_detection_short_range" delegate {{ gpu {{ {allowed} }} }}'
        inputs = {"TENSORS": [(0, [gpu.upload(face / 127.5 - 1)])]}
        run = run_calculator("InferenceCalculator", inputs, options=options, services={GPU_SERVICE: gpu})
        found[allowed] = gpu.read(run.values("TENSORS")[0][0]).result()  # boxes in px of the input
    exact, still_exact, half = found.values()
    np.testing.assert_array_equal(exact, still_exact)
    assert np.array_equal(exact, half) != has_f16
    assert np.abs(half - exact).max() < 1  # px, of boxes up to 128 px


def test_a_count_of_tensors_on_the_cpu_is_refused() -> None:
    inputs = {
        "TENSORS": [(0, [np.zeros((1, 128, 128, 3), np.float32)])],
        "COUNT": [(0, GpuTensor(None, (1,)))],
    }
    with pytest.raises(CalculatorError, match="COUNT is for tensors on a GPU"):
        run_calculator("InferenceCalculator", inputs, options='model_path: "face_detection_short_range"')

"""Frames in flight: promises of numbers come at once, and the numbers in order, without a deadlock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import (
    Calculator,
    CalculatorGraph,
    ConfigError,
    Input,
    Output,
    UseService,
    calculator,
)
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_device, gpu_recorder, on_gpu
from attention_mesh.webgpu.device import GpuCounters
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder
from attention_mesh.webgpu.readback import Readback

FRAMES = 100
GRAPH = """
input_stream: "frame"
output_stream: "landmarks"
max_queue_size: 3
executor { name: "download" options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 1 } } }
%s
node {
  calculator: "GpuReadbackCalculator"
  input_stream: "TENSOR:0:landmarks_gpu" input_stream: "TENSOR:1:faces"
  output_stream: "READBACK:0:landmarks_back" output_stream: "READBACK:1:faces_back"
}
node {
  calculator: "GpuFacesToLandmarksCalculator"
  executor: "download"
  input_stream: "LANDMARKS:landmarks_back" input_stream: "FACES:faces_back" input_stream: "IMAGE_GPU:image"
  output_stream: "LANDMARKS:landmarks"
}
"""
INPUTS = """
input_stream: "landmarks_gpu"
input_stream: "faces"
input_stream: "image"
"""


def numbers_of(frame: int) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks and rows of two slots; the first holds a face in every second frame."""
    landmarks = np.full((2, 4, 3), frame, np.float32)
    rows = np.zeros((2, ROW), np.float32)
    rows[1] = 1
    rows[0] = frame % 2
    return landmarks, rows


@on_gpu
@pytest.mark.parametrize("scheduler", ["pool", "caller"])
def test_numbers_come_in_order_and_the_end_of_the_stream_brings_the_last(scheduler: str) -> None:
    gpu = gpu_recorder()
    picture = gpu.upload_picture(np.zeros((4, 4, 4), np.uint8))
    found: list[Any] = []
    graph = GRAPH.replace('input_stream: "frame"', "") % INPUTS
    with CalculatorGraph(graph, scheduler=scheduler) as running:
        running.set_service_object(GPU_SERVICE, gpu)
        running.observe_output_stream("landmarks", found.append)
        running.start_run()
        before = replace(gpu.device.counters)
        for frame in range(FRAMES):
            landmarks, rows = numbers_of(frame)
            running.add_packet("landmarks_gpu", gpu.upload(landmarks), frame)
            running.add_packet("faces", gpu.upload(rows), frame)
            running.add_packet("image", picture, frame)
        running.close_all_packet_sources()
        running.wait_until_done()
        done = gpu.device.counters.since(before)
    assert [packet.timestamp for packet in found] == list(range(FRAMES))
    for frame, packet in enumerate(found):
        points = packet.value.points
        assert len(points) == 1 + frame % 2 and (points == frame).all()
    assert done == GpuCounters(submissions=FRAMES, uploads=2 * FRAMES, reads=FRAMES, waits=FRAMES)


LIVE = """
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "frame" input_stream: "FINISHED:landmarks"
  input_stream_info: { tag_index: "FINISHED" back_edge: true }
  output_stream: "admitted"
}
node {
  calculator: "NumbersOnGpuCalculator"
  input_stream: "admitted"
  output_stream: "LANDMARKS:landmarks_gpu" output_stream: "FACES:faces" output_stream: "IMAGE_GPU:image"
}
"""


@calculator
class NumbersOnGpuCalculator(Calculator):
    """Uploads what belongs to the number of a frame."""

    frame = Input("", int)
    landmarks = Output("LANDMARKS", GpuTensor)
    faces = Output("FACES", GpuTensor)
    image = Output("IMAGE_GPU", GpuBuffer)
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.frame.is_empty:
            landmarks, rows = numbers_of(self.frame.value)
            self.landmarks.send(self.gpu.upload(landmarks))
            self.faces.send(self.gpu.upload(rows))
            self.image.send(self.gpu.picture((4, 4)))


@on_gpu
@pytest.mark.parametrize("scheduler", ["pool", "caller"])
def test_a_limiter_that_waits_for_results_lets_frames_through(scheduler: str) -> None:
    """As in a live stream: the next frame may enter only when an earlier one has come out."""
    found: list[int] = []
    with CalculatorGraph(GRAPH % LIVE, scheduler=scheduler) as running:
        running.set_service_object(GPU_SERVICE, gpu_recorder())
        running.observe_output_stream("landmarks", lambda packet: found.append(packet.timestamp))
        running.start_run()
        for frame in range(FRAMES):
            running.add_packet("frame", frame, frame)
            if frame % 10 == 9:
                running.wait_until_idle()
                assert (
                    found and found[-1] > frame - 10
                )  # what was let in has come out without a further frame
        running.close_all_packet_sources()
        running.wait_until_done()
    assert found == sorted(set(found))


@on_gpu
def test_a_promise_is_kept_whoever_submits() -> None:
    gpu = GpuRecorder(gpu_device())
    readback = gpu.read(gpu.upload(np.arange(3, dtype=np.float32)))
    other = gpu.read_all([gpu.upload(np.full(2, 5, np.float32)), gpu.tensor((0, 3))])
    gpu.submit()
    later = gpu.read(gpu.upload(np.ones(1, np.float32)))
    before = replace(gpu.device.counters)
    assert other[0].result().tolist() == [5, 5] and other[1].result().shape == (0, 3)
    assert readback.result().tolist() == readback.result().tolist() == [0, 1, 2]
    assert gpu.device.counters.since(before).submissions == 0  # what is recorded for the next frame stays
    assert later.result().tolist() == [1] and gpu.device.counters.since(before).submissions == 1


@on_gpu
def test_the_packet_is_a_promise() -> None:
    gpu = gpu_recorder()
    before = replace(gpu.device.counters)
    tensors = {"TENSOR:0": [(5, gpu.upload(np.ones(4, np.float32)))]}
    run = run_calculator(
        "GpuReadbackCalculator", tensors, services={GPU_SERVICE: gpu}, outputs=["READBACK:0"]
    )
    (readback,) = run.values("READBACK:0")
    assert isinstance(readback, Readback)
    assert gpu.device.counters.since(before) == GpuCounters(submissions=1, uploads=1)
    assert readback.result().tolist() == [1] * 4


def test_as_many_promises_as_tensors_are_needed() -> None:
    with pytest.raises(ConfigError, match="2 TENSOR inputs and 1 READBACK outputs"):
        CalculatorGraph(
            'input_stream: "a" input_stream: "b" node { calculator: "GpuReadbackCalculator" '
            'input_stream: "TENSOR:0:a" input_stream: "TENSOR:1:b" output_stream: "READBACK:0:c" }'
        )

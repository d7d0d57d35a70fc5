"""Smoothing of landmarks over time on the GPU."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import image_size
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.geometry.smoothing_filters import believed_interval_s
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "one_euro.wgsl"
_GROUP = 64  # the workgroup's size in the shader


@calculator
class GpuLandmarksSmoothingCalculator(Calculator):
    """Filters every coordinate of every landmark over time, each face by itself, as a One-Euro filter.

    On the CPU this is `LandmarksSmoothingCalculator`. A face starts again if its slot has another track id
    than in the frame before, and all do after a second without any frame.

    Inputs: LANDMARKS; FACES; IMAGE_GPU, the frame.
    Input side packets: ENABLE; false passes landmarks on unchanged.
    Outputs: FILTERED, empty if an input is.
    Options: `min_cutoff`, `beta`, `derivate_cutoff`.

    Example::

        node {
          calculator: "GpuLandmarksSmoothingCalculator"
          input_stream: "LANDMARKS:raw_landmarks"
          input_stream: "FACES:faces"
          input_stream: "IMAGE_GPU:image_gpu"
          output_stream: "FILTERED:landmarks"
        }
    """

    landmarks = Input("LANDMARKS", GpuTensor)  # (F, N, 3), fractions of the frame
    faces = Input("FACES", GpuTensor)  # (F, 8), see ROW
    image = Input("IMAGE_GPU", GpuBuffer)
    enable = SideInput("ENABLE", bool, default=True)
    filtered = Output("FILTERED", GpuTensor)  # (F, N, 3)
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        min_cutoff: float = 0.05  # Hz
        beta: float = 80.0
        derivate_cutoff: float = 1.0  # Hz

    def open(self) -> None:
        self._is_enabled = self.enable.value
        self._state: GpuTensor | None = None
        self._last_us = 0

    def process(self) -> None:
        if self.landmarks.is_empty or self.faces.is_empty or self.image.is_empty:
            return
        raw = self.landmarks.value
        if not self._is_enabled or not raw.size:
            self.filtered.send(raw)
            return
        faces, numbers = raw.shape[0], 3 * raw.shape[1]
        interval = believed_interval_s(self.timestamp - self._last_us)
        if self._state is None or self._state.shape != (faces, numbers, 4):
            self._state, interval = self.gpu.tensor((faces, numbers, 4)), 0.0
        self._last_us = self.timestamp
        filtered = self.gpu.tensor(raw.shape)
        seconds = self.gpu.upload(np.array([interval], np.float32))
        resources = [raw, self.faces.value, seconds, self._state, filtered]
        width, height = image_size(self.image.value)
        constants = {
            "numbers": numbers,
            "frame_width": width,
            "frame_height": height,
            "min_cutoff": self.options.min_cutoff,
            "beta": self.options.beta,
            "derivate_cutoff": self.options.derivate_cutoff,
        }
        self.gpu.dispatch(_SHADER, resources, (-(-numbers // _GROUP), faces, 1), constants)
        self.filtered.send(filtered)

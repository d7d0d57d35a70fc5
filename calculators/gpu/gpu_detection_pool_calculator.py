"""The detections of two face detectors on the GPU, each face once."""

from pathlib import Path

from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "detection_pool.wgsl"


@calculator
class GpuDetectionPoolCalculator(Calculator):
    """Puts the detections of a second detector behind those of the first, without faces that the first has.

    Inputs: FIRST; SECOND; if one of them is empty, the other passes.
    Outputs: DETECTIONS; empty if both inputs are.
    Options: `max_overlap`.

    Example::

        node {
          calculator: "GpuDetectionPoolCalculator"
          input_stream: "FIRST:short_range_detections"
          input_stream: "SECOND:full_range_detections"
          output_stream: "DETECTIONS:detections"
        }
    """

    first = Input("FIRST", GpuTensor)  # (M, 8), best first, see ROW
    second = Input("SECOND", GpuTensor)  # (N, 8)
    detections = Output("DETECTIONS", GpuTensor)  # (M + N, 8); rows that are left out are zeros
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        max_overlap: float = 0.3  # intersection over union above which two regions are one face

    def process(self) -> None:
        if self.first.is_empty or self.second.is_empty:
            given = self.second if self.first.is_empty else self.first
            if not given.is_empty:
                self.detections.send(given.value)
            return
        first, second = self.first.value, self.second.value
        firsts, seconds = first.shape[0], second.shape[0]
        pool = self.gpu.tensor((firsts + seconds, ROW))
        constants = {"firsts": firsts, "seconds": seconds, "max_overlap": self.options.max_overlap}
        self.gpu.dispatch(_SHADER, [first, second, pool], (1, 1, 1), constants)
        self.detections.send(pool)

"""How many slots of faces are taken, counted on the GPU."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "count_slots.wgsl"


@calculator
class GpuSlotCountCalculator(Calculator):
    """Counts slots, so that networks run only where there is something to do.

    The numbers stay on the GPU, and are the input COUNT of `InferenceCalculator`.

    Inputs: TICK; ROIS, empty on the first frame, where every slot is free.
    Outputs: USED; MISSING. Both have a packet whenever TICK has one.

    Example::

        node {
          calculator: "GpuSlotCountCalculator"
          input_stream: "TICK:image_gpu"
          input_stream: "ROIS:tracked"
          output_stream: "MISSING:missing"
        }
    """

    tick = Input("TICK", object)
    rois = Input("ROIS", GpuTensor)  # (F, 8)
    used = Output("USED", GpuTensor)  # (1,) uint32: the number of slots up to the last one that is taken
    missing = Output("MISSING", GpuTensor)  # (1,) uint32: 1 if a slot is free, else 0
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    def open(self) -> None:
        self._first = [self.gpu.upload(np.array([number], np.uint32)) for number in (0, 1)]

    def process(self) -> None:
        if self.tick.is_empty:
            return
        if self.rois.is_empty:
            used, missing = self._first
        else:
            rois = self.rois.value
            used, missing = self.gpu.tensor((1,)), self.gpu.tensor((1,))
            self.gpu.dispatch(_SHADER, [rois, used, missing], (1, 1, 1), {"slots": rois.shape[0]})
        self.used.send(used)
        self.missing.send(missing)

"""Whether a second face detector is to look at a frame, decided on the GPU."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.face.wider_look_calculator import SURE_SCORE
from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "wider_look.wgsl"


@calculator
class GpuWiderLookCalculator(Calculator):
    """Counts the faces that are tracked, and those that the first detector is sure of.

    While they are fewer than NUM_FACES, the second detector looks. `WiderLookCalculator` is the CPU's, and
    does more.

    Inputs: TICK; DETECTIONS of the first detector; TRACKED, empty on the first frame.
    Input side packets: NUM_FACES.
    Outputs: COUNT, for `InferenceCalculator`; a packet whenever TICK has one.
    Options: `sure_score`, `max_overlap`.

    Example::

        node {
          calculator: "GpuWiderLookCalculator"
          input_stream: "TICK:image_gpu"
          input_stream: "DETECTIONS:short_range_detections"
          input_stream: "TRACKED:tracked"
          input_side_packet: "NUM_FACES:num_faces"
          output_stream: "COUNT:looks"
        }
    """

    tick = Input("TICK", object)
    detections = Input("DETECTIONS", GpuTensor)  # (M, 8), see ROW
    tracked = Input("TRACKED", GpuTensor)  # (NUM_FACES, 8)
    num_faces = SideInput("NUM_FACES", int, default=1)
    count = Output("COUNT", GpuTensor)  # (1,) uint32: 1 if the second detector is to look, else 0
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        sure_score: float = SURE_SCORE  # from which a detection counts
        max_overlap: float = 0.5  # intersection over union above which two regions are one face

    def open(self) -> None:
        self._nobody = self.gpu.upload(np.zeros((self.num_faces.value, ROW), np.float32))
        self._nothing = self.gpu.upload(np.zeros((1, ROW), np.float32))

    def process(self) -> None:
        if self.tick.is_empty:
            return
        detected = self._nothing if self.detections.is_empty else self.detections.value
        tracked = self._nobody if self.tracked.is_empty else self.tracked.value
        count = self.gpu.tensor((1,))
        constants = {
            "slots": tracked.shape[0],
            "detections": detected.shape[0],
            "sure_score": self.options.sure_score,
            "max_overlap": self.options.max_overlap,
        }
        self.gpu.dispatch(_SHADER, [tracked, detected, count], (1, 1, 1), constants)
        self.count.send(count)

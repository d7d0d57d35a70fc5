"""The face regions of a frame on the GPU: tracked ones, then detected ones, with track ids."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "face_slots.wgsl"


@calculator
class GpuFaceSlotsCalculator(Calculator):
    """Keeps each tracked face in its slot, and gives free slots to detected faces that are new.

    A detected region that overlaps a tracked one is that face, and is dropped (MediaPipe's rule). New faces
    get ids 1, 2, 3, … The rules of `TrackAssociationCalculator` for fast and for lost faces are not here.

    Inputs: DETECTED; TRACKED, the regions that follow from the previous frame, empty on the first.
    Input side packets: NUM_FACES, the number of slots.
    Outputs: ROIS; empty if DETECTED is.
    Options: `max_overlap`.

    Example::

        node {
          calculator: "GpuFaceSlotsCalculator"
          input_stream: "DETECTED:detections"
          input_stream: "TRACKED:tracked_rois"
          input_side_packet: "NUM_FACES:num_faces"
          output_stream: "ROIS:rois"
        }
    """

    detected = Input("DETECTED", GpuTensor)  # (M, 8), best first, see ROW
    tracked = Input("TRACKED", GpuTensor, optional=True)  # (NUM_FACES, 8)
    num_faces = SideInput("NUM_FACES", int)
    rois = Output("ROIS", GpuTensor)  # (NUM_FACES, 8); a score of 0 is a slot without a face
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        max_overlap: float = 0.5  # intersection over union above which two regions are one face

    def open(self) -> None:
        self._slots = self.num_faces.value
        if self._slots < 1:
            raise ValueError(f"NUM_FACES is {self._slots}; expected at least 1")
        self._nobody = self.gpu.upload(np.zeros((self._slots, ROW), np.float32))
        self._last_id = self.gpu.upload(np.zeros(1, np.uint32))

    def process(self) -> None:
        if self.detected.is_empty:
            return
        detected = self.detected.value
        tracked = self._nobody if self.tracked.is_empty else self.tracked.value
        if tracked.shape != (self._slots, ROW):
            raise ValueError(f"TRACKED is {tracked.shape}; expected ({self._slots}, {ROW})")
        rois = self.gpu.tensor((self._slots, ROW))
        constants = {
            "slots": self._slots,
            "detections": detected.shape[0],
            "max_overlap": self.options.max_overlap,
        }
        self.gpu.dispatch(_SHADER, [tracked, detected, self._last_id, rois], (1, 1, 1), constants)
        self.rois.send(rois)

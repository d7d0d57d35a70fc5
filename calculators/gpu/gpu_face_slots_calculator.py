"""The face regions of a frame on the GPU: tracked ones, then detected ones, with track ids."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.geometry.track_association import MAX_LAG_TURN_RAD
from attention_mesh.webgpu.gpu_buffer import GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "face_slots.wgsl"
_MOST = 64  # regions, for which there is room in the shader
_MEMORY = 2 + 64 * 6  # numbers: the last id, and lost faces
_LONGEST_US = 1 << 31


@calculator
class GpuFaceSlotsCalculator(Calculator):
    """Keeps each tracked face in its slot, and gives free slots to detected faces that are new.

    The rules are those of `TrackAssociationCalculator`: a detected region that overlaps a tracked one is that
    face, and takes its place only if the tracked one lags behind. New faces get ids 1, 2, 3, … A face that
    was lost for a short time gets its old id back near its old place.

    Inputs: DETECTED; TRACKED, the regions that follow from the previous frame, empty on the first.
    Input side packets: NUM_FACES, the number of slots, at most 64.
    Outputs: ROIS; empty if DETECTED is.
    Options: those of `TrackAssociationCalculator`.

    Example::

        node {
          calculator: "GpuFaceSlotsCalculator"
          input_stream: "DETECTED:detections"
          input_stream: "TRACKED:tracked_rois"
          input_side_packet: "NUM_FACES:num_faces"
          output_stream: "ROIS:rois"
        }
    """

    detected = Input("DETECTED", GpuTensor)  # (M, 8), best first, M ≤ 64, see ROW
    tracked = Input("TRACKED", GpuTensor, optional=True)  # (NUM_FACES, 8)
    num_faces = SideInput("NUM_FACES", int, default=1)
    rois = Output("ROIS", GpuTensor)  # (NUM_FACES, 8); a score of 0 is a slot without a face
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        min_similarity: float = 0.5  # intersection over union above which two regions are one face
        # Between these two the tracked region lags behind its face, and the detected one takes its place.
        moving_similarity: float = 0.3
        still_similarity: float = 0.6
        recovery_similarity: float = 0.3  # the same between a new region and the place of a lost face
        recovery_seconds: float = 0.5  # how long a lost face's id is kept

    def open(self) -> None:
        self._slots = self.num_faces.value
        if not 1 <= self._slots <= _MOST:
            raise ValueError(f"NUM_FACES is {self._slots}; expected 1 to {_MOST}")
        self._nobody = self.gpu.upload(np.zeros((self._slots, ROW), np.float32))
        self._memory = self.gpu.upload(np.zeros(_MEMORY, np.uint32))
        self._last, self._last_us = self._nobody, 0
        options = self.options
        self._constants = {
            "slots": self._slots,
            "min_similarity": options.min_similarity,
            "moving_similarity": options.moving_similarity,
            "still_similarity": options.still_similarity,
            "recovery_similarity": options.recovery_similarity,
            "recovery_us": round(1_000_000 * options.recovery_seconds),
            "max_lag_turn": MAX_LAG_TURN_RAD,
        }

    def process(self) -> None:
        if self.detected.is_empty:
            return
        detected = self.detected.value
        tracked = self._nobody if self.tracked.is_empty else self.tracked.value
        if tracked.shape != (self._slots, ROW):
            raise ValueError(f"TRACKED is {tracked.shape}; expected ({self._slots}, {ROW})")
        if detected.shape[0] > _MOST:
            raise ValueError(f"DETECTED is {detected.shape}; there is room for {_MOST} regions")
        rois = self.gpu.tensor((self._slots, ROW))
        passed_us = max(0, min(self.timestamp - self._last_us, _LONGEST_US))
        interval = self.gpu.upload(np.array([passed_us], np.uint32))
        resources = [tracked, detected, self._last, interval, self._memory, rois]
        constants = {**self._constants, "detections": detected.shape[0]}
        self.gpu.dispatch(_SHADER, resources, (1, 1, 1), constants)
        self._last, self._last_us = rois, self.timestamp
        self.rois.send(rois)

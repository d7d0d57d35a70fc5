"""Face regions on the GPU from the outputs of a face detector."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "face_detections.wgsl"
_MOST_ANCHORS = 2304  # room in the shader


@calculator
class GpuFaceDetectionsCalculator(Calculator):
    """Decodes a detector's outputs, merges overlapping boxes, and puts a rotated square around each face.

    On the CPU these are TensorsToDetections, weighted NonMaxSuppression, DetectionsToRects and
    RectTransformation. The detector has looked at the whole frame.

    Inputs: TENSORS; MATRIX; IMAGE_GPU, the frame; COUNT, with which the detector ran.
    Input side packets: ANCHORS; MIN_SCORE, which overrides the option.
    Outputs: DETECTIONS, best first; empty if an input is.
    Options: `max_detections`, `min_score`, `max_overlap`, `input_size`, `scale`.

    Example::

        node {
          calculator: "GpuFaceDetectionsCalculator"
          input_stream: "TENSORS:detection_tensors"
          input_stream: "MATRIX:matrices"
          input_stream: "IMAGE_GPU:image_gpu"
          input_side_packet: "ANCHORS:anchors"
          output_stream: "DETECTIONS:detections"
        }
    """

    tensors = Input("TENSORS", list)  # 2 GpuTensors: boxes (1, A, 16) and score logits (1, A, 1)
    matrix = Input("MATRIX", np.ndarray)  # (1, 4, 4) from the network's input to the frame, both in [0, 1]
    image = Input("IMAGE_GPU", GpuBuffer)
    count = Input("COUNT", GpuTensor, optional=True)  # (1,) uint32: 0 if the detector did not run
    anchors = SideInput("ANCHORS", np.ndarray)  # (A, 4) float32, fractions of the network's input
    min_score = SideInput("MIN_SCORE", float, optional=True)
    detections = Output("DETECTIONS", GpuTensor)  # (max_detections, 8), see ROW
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        max_detections: int = 32
        min_score: float = 0.5  # detections below it are dropped
        max_overlap: float = 0.3  # intersection over union above which two boxes are one face
        input_size: int = 128  # px, side of the network's square input
        scale: float = 1.5  # side of a region over the longer side of its face's box

    def open(self) -> None:
        if len(self.anchors.value) > _MOST_ANCHORS:
            raise ValueError(f"{len(self.anchors.value)} anchors; there is room for {_MOST_ANCHORS}")
        if self.options.max_detections < 1:
            raise ValueError(f"max_detections is {self.options.max_detections}; expected at least 1")
        self._anchors = self.gpu.upload(self.anchors.value.astype(np.float32))
        self._ran = self.gpu.upload(np.ones(1, np.uint32))
        self._matrix: tuple[object, GpuTensor] | None = None
        options = self.options
        self._constants = {
            "anchors": len(self.anchors.value),
            "most": options.max_detections,
            "input_size": options.input_size,
            "min_score": self.min_score.value if self.min_score.connected else options.min_score,
            "max_overlap": options.max_overlap,
            "scale": options.scale,
        }

    def process(self) -> None:
        if self.tensors.is_empty or self.matrix.is_empty or self.image.is_empty:
            return
        boxes, logits = self.tensors.value
        count = len(self.anchors.value)
        if boxes.shape != (1, count, 16) or logits.shape != (1, count, 1):
            raise ValueError(
                f"tensors of {boxes.shape} and {logits.shape}; expected (1, {count}, 16) and (1, {count}, 1)"
            )
        detections = self.gpu.tensor((self.options.max_detections, ROW))
        ran = self._ran if self.count.is_empty else self.count.value
        resources = [boxes, logits, self._anchors, self._to_frame(), detections, ran]
        self.gpu.dispatch(_SHADER, resources, (1, 1, 1), self._constants)
        self.detections.send(detections)

    def _to_frame(self) -> GpuTensor:
        """The matrix in pixels of the frame, on the GPU. It changes only if the frame's size does."""
        matrix, image = self.matrix.value, self.image.value
        if self._matrix is None or self._matrix[0] is not matrix:
            rows = matrix[0, :2][:, [0, 1, 3]] * np.array([[image.width], [image.height]])
            self._matrix = matrix, self.gpu.upload(rows.astype(np.float32))
        return self._matrix[1]

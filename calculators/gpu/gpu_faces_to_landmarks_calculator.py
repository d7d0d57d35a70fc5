"""Faces from the GPU to the CPU."""

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import DOWNLOAD
from attention_mesh.calculators.gpu.kernels.face_rows import SCORE, rects_of
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor
from attention_mesh.webgpu.readback import Readback


@calculator
class GpuFacesToLandmarksCalculator(Calculator):
    """Downloads landmarks, regions and scores, and waits for all that the GPU has to do for them.

    Slots without a face are left out. If the inputs are promises of `GpuReadbackCalculator`, this node only
    waits, so that it may run on an executor of its own while the graph records further frames.

    Inputs: LANDMARKS; FACES; IMAGE_GPU, the frame; BLENDSHAPES.
    Outputs: LANDMARKS; ROIS, whose ids are track ids; SCORES; BLENDSHAPES. All are empty if an input is, but
      BLENDSHAPES, which follows its own.

    Example::

        node {
          calculator: "GpuFacesToLandmarksCalculator"
          input_stream: "LANDMARKS:landmarks_gpu"
          input_stream: "FACES:faces"
          input_stream: "IMAGE_GPU:image_gpu"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "ROIS:rois"
          output_stream: "SCORES:scores"
        }
    """

    landmarks_gpu = Input("LANDMARKS", GpuTensor | Readback)  # (F, N, 3), fractions of the frame
    faces = Input("FACES", GpuTensor | Readback)  # (F, 8), see ROW
    image = Input("IMAGE_GPU", GpuBuffer)
    blendshapes_gpu = Input("BLENDSHAPES", GpuTensor | Readback, optional=True)  # (F, 52)
    landmarks = Output("LANDMARKS", NormalizedLandmarks)  # (K, N, 3), K ≤ F
    rois = Output("ROIS", NormalizedRects)  # K
    scores = Output("SCORES", np.ndarray)  # (K,) float32, presence
    blendshapes = Output("BLENDSHAPES", np.ndarray)  # (K, 52) float32, 0 to 1
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        node.crossing = DOWNLOAD

    def process(self) -> None:
        if self.landmarks_gpu.is_empty or self.faces.is_empty or self.image.is_empty:
            return
        given = [self.landmarks_gpu.value, self.faces.value]
        if not self.blendshapes_gpu.is_empty:
            given.append(self.blendshapes_gpu.value)
        tensors = [each for each in given if isinstance(each, GpuTensor)]
        recorded = iter(self.gpu.read_all(tensors) if tensors else [])
        readbacks = [each if isinstance(each, Readback) else next(recorded) for each in given]
        points, rows, *coefficients = (readback.result() for readback in readbacks)
        holds = rows[:, SCORE] > 0
        image = self.image.value
        self.landmarks.send(NormalizedLandmarks(points[holds]))
        self.rois.send(rects_of(rows[holds], (image.width, image.height)))
        self.scores.send(rows[holds, SCORE])
        if coefficients:
            self.blendshapes.send(coefficients[0][holds])

"""Blend shapes of faces on the GPU."""

from pathlib import Path

import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import image_size
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.tensor.devices.gpu_network import GpuNetwork
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.models.inference.blendshape_network import LANDMARKS, MODEL, reference_face
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "face_alignment.wgsl"


@calculator
class GpuBlendshapesCalculator(Calculator):
    """Finds the coefficients of ARKit's 52 blend shapes of all slots of faces.

    On the CPU this is `BlendshapesCalculator`, without the learning of neutral faces. Rows of slots without a
    face mean nothing.

    Inputs: LANDMARKS; IMAGE_GPU, the frame; COUNT, the number of slots up to the last one that is taken.
    Input side packets: NEUTRAL, as `BlendshapeNetwork.calibrate` gives it, of the only person.
    Outputs: BLENDSHAPES, in the order of BLENDSHAPE_NAMES; empty if LANDMARKS or IMAGE_GPU is.

    Example::

        node {
          calculator: "GpuBlendshapesCalculator"
          input_stream: "LANDMARKS:landmarks_gpu"
          input_stream: "IMAGE_GPU:image_gpu"
          input_stream: "COUNT:used"
          output_stream: "BLENDSHAPES:blendshapes_gpu"
        }
    """

    landmarks = Input("LANDMARKS", GpuTensor)  # (F, 478, 3), fractions of the frame
    image = Input("IMAGE_GPU", GpuBuffer)
    count = Input("COUNT", GpuTensor, optional=True)  # (1,) uint32: the first so many slots are run
    neutral = SideInput("NEUTRAL", np.ndarray, optional=True)  # (478, 3) float32, aligned
    blendshapes = Output("BLENDSHAPES", GpuTensor)  # (F, 52), 0 to 1
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    def open(self) -> None:
        reference = reference_face()
        neutral = self.neutral.value if self.neutral.connected else reference.points
        if neutral.shape != (LANDMARKS, 3):
            raise ValueError(f"NEUTRAL has shape {neutral.shape}; expected ({LANDMARKS}, 3)")
        self._is_calibrated = float(self.neutral.connected)
        self._network: GpuNetwork | None = None
        self._calibrated: GpuTensor | None = None
        shares, self._constants = alignment_constants(reference.points, reference.weights)
        self._shares = self.gpu.upload(shares)
        self._offsets = self.gpu.upload((neutral - reference.points).astype(np.float32))

    def process(self) -> None:
        if self.landmarks.is_empty or self.image.is_empty:
            return
        landmarks = self.landmarks.value
        faces = landmarks.shape[0]
        if landmarks.shape[1:] != (LANDMARKS, 3):
            raise ValueError(f"landmarks of shape {landmarks.shape}; blend shapes need (F, {LANDMARKS}, 3)")
        if self._network is None:
            self._network = GpuNetwork(self.gpu, MODEL)
        if self._calibrated is None or self._calibrated.shape[0] != faces:
            self._calibrated = self.gpu.upload(np.full((faces, 1), self._is_calibrated, np.float32))
        aligned = self.gpu.tensor(landmarks.shape)
        width, height = image_size(self.image.value)
        constants = self._constants | {"frame_width": width, "frame_height": height}
        resources = [landmarks, self._shares, self._offsets, aligned]
        self.gpu.dispatch(_SHADER, resources, (faces, 1, 1), constants)
        inputs = [
            aligned if shape[1:] == (LANDMARKS, 3) else self._calibrated
            for shape in self._network.input_shapes
        ]
        (coefficients,) = self._network.run(inputs, self.count.value)
        self.blendshapes.send(coefficients)


def alignment_constants(points: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
    """What the shader needs of the reference face.

    Args:
      points: (N, 3), the reference face.
      weights: (N,), how much each landmark counts.

    Returns:
      (N, 4) float32 shares of the weights, and the values of the shader's constants.
    """
    shares = weights.astype(np.float64) / weights.sum()
    center = shares @ points
    centered = points - center
    rows = np.concatenate([centered * shares[:, None], shares[:, None]], axis=1)
    spread = float(shares @ (centered * centered).sum(axis=1))
    constants = {"landmarks": len(points), "spread": spread}
    constants |= dict(zip(("center_x", "center_y", "center_z"), center.tolist(), strict=True))
    return rows.astype(np.float32), constants

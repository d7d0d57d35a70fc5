"""Landmarks in the frame on the GPU, and the regions of the next frame."""

from pathlib import Path

from attention_mesh.calculators.gpu.kernels.crossing import image_size
from attention_mesh.calculators.gpu.kernels.face_rows import ROW
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, SideInput, UseService, calculator
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

_SHADER = Path(__file__).parent / "kernels" / "face_landmarks.wgsl"


@calculator
class GpuFaceLandmarksCalculator(Calculator):
    """Projects the landmarks of all regions into the frame, and finds out which regions hold a face.

    On the CPU these are `TensorsToFaceLandmarksCalculator` and `LandmarksToRectsCalculator`. A region holds a
    face if its presence is above the threshold. A row without a face is zeros; its landmarks mean nothing.

    Inputs: TENSORS; ROIS; IMAGE_GPU, the frame.
    Input side packets: MIN_PRESENCE, which overrides the option.
    Outputs: LANDMARKS; FACES, the regions with their presence; NEXT_ROIS. All are empty if an input is.
    Options: `input_size`, `min_presence`, `scale`.

    Example::

        node {
          calculator: "GpuFaceLandmarksCalculator"
          input_stream: "TENSORS:network_outputs"
          input_stream: "ROIS:rois"
          input_stream: "IMAGE_GPU:image_gpu"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "FACES:faces"
          output_stream: "NEXT_ROIS:next_rois"
        }
    """

    tensors = Input("TENSORS", list)  # 2 GpuTensors of F regions: landmarks (F, …), 3 numbers each, and flag
    rois = Input("ROIS", GpuTensor)  # (F, 8), see ROW
    image = Input("IMAGE_GPU", GpuBuffer)
    min_presence = SideInput("MIN_PRESENCE", float, optional=True)
    landmarks = Output("LANDMARKS", GpuTensor)  # (F, 478 or 468, 3), fractions of the frame
    faces = Output("FACES", GpuTensor)  # (F, 8)
    next_rois = Output("NEXT_ROIS", GpuTensor)  # (F, 8)
    gpu = UseService(GPU_SERVICE)
    timestamp_offset = 0

    class Options:
        min_presence: float = 0.5  # regions at or below it are dropped
        input_size: int = 192  # px, side of the network's square input
        scale: float = 1.5  # side of a next region over the longer side of the landmarks' box

    def open(self) -> None:
        right, left = landmark_groups()["outer_eye_corners"]
        self._constants = {
            "crop_side": self.options.input_size,
            "min_presence": self.min_presence.value
            if self.min_presence.connected
            else self.options.min_presence,
            "right_eye": int(right),
            "left_eye": int(left),
            "scale": self.options.scale,
        }

    def process(self) -> None:
        if self.tensors.is_empty or self.rois.is_empty or self.image.is_empty:
            return
        points, logits = self.tensors.value
        rois, faces = self.rois.value, self.rois.value.shape[0]
        count = points.size // (4 * 3 * faces) if faces else 0
        if points.shape[0] != faces or points.size != 4 * 3 * faces * count:
            raise ValueError(f"landmarks of shape {points.shape} with {faces} regions; expected (F, 3 · N)")
        gpu = self.gpu
        placed, found, following = (
            gpu.tensor((faces, count, 3)),
            gpu.tensor((faces, ROW)),
            gpu.tensor((faces, ROW)),
        )
        width, height = image_size(self.image.value)
        sizes = {"landmarks": count, "frame_width": width, "frame_height": height}
        resources = [points, logits, rois, placed, found, following]
        gpu.dispatch(_SHADER, resources, (faces, 1, 1), self._constants | sizes)
        self.landmarks.send(placed)
        self.faces.send(found)
        self.next_rois.send(following)

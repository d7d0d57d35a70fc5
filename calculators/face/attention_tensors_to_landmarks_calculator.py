"""478 landmarks in the crop from the landmark outputs of the attention network."""

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, calculator
from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.refinement import OUTPUT_DIMENSIONS, refinement_plan


@calculator
class AttentionTensorsToLandmarksCalculator(TensorReader):
    """Puts lips, eyes and irises in their places in the mesh, for all faces at once.

    MediaPipe's TensorsToFaceLandmarksWithAttention graph does the same in eight nodes.

    Inputs: TENSORS.
    Outputs: LANDMARKS, empty if TENSORS is.
    Options: `input_size`.

    Example::

        node {
          calculator: "AttentionTensorsToLandmarksCalculator"
          input_stream: "TENSORS:landmark_tensors"
          output_stream: "LANDMARKS:crop_landmarks"
        }
    """

    # 6 arrays (F, …) float32: mesh 1404, lips 160, eyes 142, irises 10 values each; px of the crop.
    tensors = Input("TENSORS", list)
    landmarks = Output("LANDMARKS", NormalizedLandmarks)  # (F, 478, 3) in the crop
    timestamp_offset = 0

    class Options:
        input_size: int = 192  # px, side of the network's square input

    def open(self) -> None:
        self._refinement = LandmarkRefinement(refinement_plan())
        self._scale = np.float32(1 / self.options.input_size)

    def process(self) -> None:
        if self.tensors.is_empty:
            return
        tensors = self.arrays(self.tensors.value)
        if len(tensors) != len(OUTPUT_DIMENSIONS):
            raise ValueError(f"{len(tensors)} tensors; the attention network has 6 landmark outputs")
        faces = len(tensors[0])
        points = self._refinement.merge_rows(
            [tensor.reshape(faces, -1) for tensor in tensors], OUTPUT_DIMENSIONS
        )
        points *= self._scale
        self.landmarks.send(NormalizedLandmarks(points))

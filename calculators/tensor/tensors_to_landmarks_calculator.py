"""Regression tensor → landmarks of all faces."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class TensorsToLandmarksCalculator(Calculator):
    """Reads the first tensor as landmarks and normalises them by the size of the network's input.

    MediaPipe's node of this name, for all faces at once. Of each landmark's numbers x, y and z are used (z
    is 0 where the tensor is two-dimensional); visibility and presence are not part of NormalizedLandmarks.

    Example::

        node {
          calculator: "TensorsToLandmarksCalculator"
          input_stream: "TENSORS:mesh_tensor"
          output_stream: "NORM_LANDMARKS:mesh_landmarks"
          options {
            [mediapipe.TensorsToLandmarksCalculatorOptions.ext] {
              num_landmarks: 468 input_image_width: 192 input_image_height: 192
            }
          }
        }
    """

    # The first is used: (F, ..., num_landmarks * D) float32, D numbers a landmark in order, in pixels.
    tensors = Input("TENSORS", list)
    flip_horizontally = SideInput("FLIP_HORIZONTALLY", bool, optional=True)  # overrides the option
    flip_vertically = SideInput("FLIP_VERTICALLY", bool, optional=True)  # overrides the option
    landmarks = Output("NORM_LANDMARKS", NormalizedLandmarks)  # (F, num_landmarks, 3) in the crop

    Options = "mediapipe.TensorsToLandmarksCalculatorOptions"

    @classmethod
    def contract(cls, node) -> None:
        options = node.options
        if options.num_landmarks <= 0:
            raise ValueError("num_landmarks must be given, above 0")
        if options.input_image_width <= 0 or options.input_image_height <= 0:
            raise ValueError("input_image_width and input_image_height must be given, in pixels")

    def open(self) -> None:
        options = self.options
        width, height = options.input_image_width, options.input_image_height
        self._scale = np.array([1 / width, 1 / height, 1 / (width * options.normalize_z)], np.float32)
        flips = (
            self.flip_horizontally.value if self.flip_horizontally.connected else options.flip_horizontally,
            self.flip_vertically.value if self.flip_vertically.connected else options.flip_vertically,
        )
        self._flipped_axes = [axis for axis, flip in enumerate(flips) if flip]

    def process(self) -> None:
        if self.tensors.is_empty:
            return
        tensor = self.tensors.value[0]
        count = self.options.num_landmarks
        faces = len(tensor)
        numbers = int(np.prod(tensor.shape[1:]))
        if numbers == 0 or numbers % count:
            raise ValueError(
                f"tensor of shape {tensor.shape} does not hold {count} landmarks: "
                f"{numbers} numbers a face are not a multiple of {count}"
            )
        values = tensor.reshape(faces, count, numbers // count)[:, :, :3]
        points = np.zeros((faces, count, 3), np.float32)
        np.multiply(values, self._scale[: values.shape[2]], out=points[:, :, : values.shape[2]])
        for axis in self._flipped_axes:
            points[:, :, axis] = 1 - points[:, :, axis]
        self.landmarks.send(NormalizedLandmarks(points))

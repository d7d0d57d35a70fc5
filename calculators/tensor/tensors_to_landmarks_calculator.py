"""Landmarks of all faces from a regression tensor."""

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, SideInput, calculator
from attention_mesh.framework.bound_ports import BoundSideInput
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class TensorsToLandmarksCalculator(TensorReader):
    """Reads the first tensor as landmarks and normalizes them by the size of the network's input.

    MediaPipe's node of this name, for all faces at once. Of each landmark's numbers x, y and z are used (z is
    0 if the tensor has two). Visibility and presence are not part of NormalizedLandmarks, so an activation
    for them is refused if the tensor has them.

    Inputs: TENSORS; FLIP_HORIZONTALLY and FLIP_VERTICALLY, whose packets hold for their timestamps.
    Input side packets: FLIP_HORIZONTALLY and FLIP_VERTICALLY, which override the options.
    Outputs: NORM_LANDMARKS and LANDMARKS; empty if TENSORS is.
    Options: `num_landmarks`, `input_image_width`, `input_image_height`, `normalize_z`, `flip_horizontally`,
      `flip_vertically`.

    Example::

        node {
          calculator: "TensorsToLandmarksCalculator"
          input_stream: "TENSORS:mesh_tensor"
          output_stream: "NORM_LANDMARKS:mesh_landmarks"
          node_options {
            [type.googleapis.com/mediapipe.TensorsToLandmarksCalculatorOptions] {
              num_landmarks: 468 input_image_width: 192 input_image_height: 192
            }
          }
        }
    """

    # The first is used: (F, ..., num_landmarks * D) float32, D numbers per landmark in order, in pixels.
    tensors = Input("TENSORS", list)
    flip_horizontally = Input("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically = Input("FLIP_VERTICALLY", bool, optional=True)
    flip_horizontally_run = SideInput("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically_run = SideInput("FLIP_VERTICALLY", bool, optional=True)
    landmarks = Output("NORM_LANDMARKS", NormalizedLandmarks)  # (F, num_landmarks, 3) in the crop
    absolute = Output("LANDMARKS", NormalizedLandmarks)  # the same in pixels of the network's input
    timestamp_offset = 0

    Options = "mediapipe.TensorsToLandmarksCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        options = node.options
        if options.num_landmarks <= 0:
            raise ValueError("num_landmarks must be given, above 0")
        tags = {connection.entry.tag for connection in node.outputs}
        flips = (
            options.flip_horizontally or options.flip_vertically or len(node.inputs) > 1 or node.side_inputs
        )
        sized = options.input_image_width > 0 and options.input_image_height > 0
        if not sized and ("NORM_LANDMARKS" in tags or flips):
            raise ValueError("input_image_width and input_image_height must be given, in pixels")

    def open(self) -> None:
        options = self.options
        self._size_px = (options.input_image_width, options.input_image_height)
        self._flips = (
            _given(self.flip_horizontally_run, options.flip_horizontally),
            _given(self.flip_vertically_run, options.flip_vertically),
        )
        self._has_activations = bool(options.visibility_activation or options.presence_activation)

    def process(self) -> None:
        if self.tensors.is_empty:
            return
        (tensor,) = self.arrays(self.tensors.value[:1])
        count = self.options.num_landmarks
        faces = len(tensor)
        numbers = int(np.prod(tensor.shape[1:]))
        if numbers == 0 or numbers % count:
            raise ValueError(
                f"tensor of shape {tensor.shape} does not hold {count} landmarks: "
                f"{numbers} numbers per face are not a multiple of {count}"
            )
        if self._has_activations and numbers > 3 * count:
            raise ValueError(
                f"visibility_activation and presence_activation are not supported for the {numbers // count} "
                "numbers per landmark of this tensor; x, y and z are"
            )
        values = tensor.reshape(faces, count, numbers // count)[:, :, :3]
        points = np.zeros((faces, count, 3), np.float32)
        points[:, :, : values.shape[2]] = values
        for axis, port in enumerate((self.flip_horizontally, self.flip_vertically)):
            if self._flips[axis] if port.is_empty else port.value:
                np.subtract(self._size_px[axis], points[:, :, axis], out=points[:, :, axis])
        self.absolute.send(NormalizedLandmarks(points))
        if self.landmarks.connected:
            width, height = self._size_px
            scale = np.array([1 / width, 1 / height, 1 / (width * self.options.normalize_z)], np.float32)
            self.landmarks.send(NormalizedLandmarks(points * scale))


def _given(side_packet: BoundSideInput[bool], option: bool) -> bool:
    return side_packet.value if side_packet.connected else option

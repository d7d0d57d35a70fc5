"""A tensor of landmarks, for networks that read landmarks."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class LandmarksToTensorCalculator(Calculator):
    """Makes landmarks a tensor of the chosen coordinates, in pixels.

    MediaPipe's node of this name, with the faces as the tensor's leading axis.

    Inputs: NORM_LANDMARKS, in fractions of the image, with IMAGE_SIZE; or LANDMARKS, whose numbers stay.
    Outputs: TENSORS, empty if the landmarks are.
    Options: `attributes`, X, Y and Z in any order; `flatten`, one row per face.

    Example::

        node {
          calculator: "LandmarksToTensorCalculator"
          input_stream: "NORM_LANDMARKS:face_landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "TENSORS:tensors"
          node_options {
            [type.googleapis.com/mediapipe.LandmarksToTensorCalculatorOptions] { attributes: [X, Y] }
          }
        }
    """

    normalized = Input("NORM_LANDMARKS", NormalizedLandmarks, optional=True)  # (F, N, 3)
    absolute = Input("LANDMARKS", NormalizedLandmarks, optional=True)  # (F, N, 3), pixels
    image_size = Input("IMAGE_SIZE", tuple, optional=True)  # (width, height), pixels
    tensors = Output("TENSORS", list)  # one (F, N, A) float32, or (F, N · A)
    timestamp_offset = 0

    Options = "mediapipe.LandmarksToTensorCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        tags = {connection.entry.tag for connection in node.inputs}
        if len(tags & {"NORM_LANDMARKS", "LANDMARKS"}) != 1:
            raise ValueError("connect exactly one of NORM_LANDMARKS and LANDMARKS")
        if ("NORM_LANDMARKS" in tags) != ("IMAGE_SIZE" in tags):
            raise ValueError("IMAGE_SIZE belongs to NORM_LANDMARKS; connect both or none")
        if not options.attributes:
            raise ValueError("attributes is empty; expected at least one of X, Y and Z")
        if set(options.attributes) - {options.X, options.Y, options.Z}:
            raise ValueError("landmarks have no visibility and no presence here; attributes are X, Y and Z")

    def process(self) -> None:
        port = self.normalized if self.normalized.connected else self.absolute
        if port.is_empty:
            return
        points = port.value.points
        if self.normalized.connected:
            if self.image_size.is_empty:
                raise ValueError(
                    f'stream "{self.image_size.name}" has no packet although there are landmarks'
                )
            width, height = self.image_size.value
            points = points * np.array((width, height, width), np.float32)  # z is on x's scale
        tensor = np.ascontiguousarray(points[:, :, list(self.options.attributes)], np.float32)
        faces, landmarks, attributes = tensor.shape
        self.tensors.send([tensor.reshape(faces, landmarks * attributes) if self.options.flatten else tensor])

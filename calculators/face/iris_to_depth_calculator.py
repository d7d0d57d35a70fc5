"""Distance of the irises from the camera."""

import math

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.iris_depth import iris_depth_mm, iris_diameter_px
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

_SIDES = ("left", "right")
_POINTS = ("center", "top", "bottom", "left", "right")
# Weight of a new value in the running mean.
_NEW_WEIGHT = 0.1


@calculator
class IrisToDepthCalculator(Calculator):
    """Measures the distance of both irises from their size, as a running mean over the frames.

    MediaPipe's node of this name, from iris tracking.

    Inputs: IRIS; IMAGE_SIZE.
    Input side packets: FOCAL_LENGTH, pixels, or IMAGE_FILE_PROPERTIES, any object with an attribute
      focal_length_pixels. If neither is connected, or it is not above 0, no packet leaves.
    Outputs: LEFT_IRIS_DEPTH_MM and RIGHT_IRIS_DEPTH_MM, in mm; empty if IRIS is.
    Options: the indices of each iris's center, top, bottom, left and right point.

    Example::

        node {
          calculator: "IrisToDepthCalculator"
          input_stream: "IRIS:iris_landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          input_side_packet: "FOCAL_LENGTH:focal_length_px"
          output_stream: "LEFT_IRIS_DEPTH_MM:left_depth"
          output_stream: "RIGHT_IRIS_DEPTH_MM:right_depth"
        }
    """

    irises = Input("IRIS", NormalizedLandmarks)  # (1, 10, 3), in the order that the options give
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    focal_length = SideInput("FOCAL_LENGTH", float, optional=True)  # pixels
    properties = SideInput("IMAGE_FILE_PROPERTIES", optional=True)
    left_depth = Output("LEFT_IRIS_DEPTH_MM", float)
    right_depth = Output("RIGHT_IRIS_DEPTH_MM", float)
    timestamp_offset = 0

    Options = "mediapipe.IrisToDepthCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.side_inputs) > 1:
            raise ValueError("FOCAL_LENGTH and IMAGE_FILE_PROPERTIES exclude each other")

    def open(self) -> None:
        self._focal_px = 0.0
        if self.focal_length.connected:
            self._focal_px = float(self.focal_length.value)
        elif self.properties.connected:
            self._focal_px = float(self.properties.value.focal_length_pixels)
        options = self.options
        self._indices = [
            [getattr(options, f"{side}_iris_{point}_index") for point in _POINTS] for side in _SIDES
        ]
        self._means = [math.inf, math.inf]

    def process(self) -> None:
        if self.irises.is_empty or self.image_size.is_empty or self._focal_px <= 0:
            return
        points, size = self.irises.value.points, self.image_size.value
        if points.shape[:2] != (1, 10):
            raise ValueError(f"irises of shape {points.shape}; expected (1, 10, 3), five points per eye")
        points_px = points[0, :, :2] * np.array(size, np.float32)
        for eye, output in enumerate((self.left_depth, self.right_depth)):
            iris = points_px[self._indices[eye]]
            depth = iris_depth_mm(tuple(iris[0]), iris_diameter_px(iris), self._focal_px, size)
            mean = self._means[eye]
            if not math.isinf(mean):
                depth = mean * (1 - _NEW_WEIGHT) + depth * _NEW_WEIGHT
            self._means[eye] = depth
            output.send(depth)

"""Rotated rectangles around detections."""

import math

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import detections_to_rects


@calculator
class DetectionsToRectsCalculator(Calculator):
    """Makes each detection's box, or that of its keypoints, a rectangle, which two keypoints may rotate.

    MediaPipe's node of this name, for normalized coordinates.

    Inputs: DETECTION or DETECTIONS; IMAGE_SIZE, needed for a rotation.
    Outputs: NORM_RECTS, one rectangle per detection (F = 0 if there is none), or NORM_RECT, that of the first
      detection (no packet if there is none). Both are empty if the detections are.
    Options: the keypoints and the angle of the rotation; `conversion_mode`, USE_BOUNDING_BOX or
      USE_KEYPOINTS; `output_zero_rect_for_empty_detections`, with which one rectangle of zeros stands for
      "none".

    Example::

        node {
          calculator: "DetectionsToRectsCalculator"
          input_stream: "DETECTIONS:detections"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "NORM_RECTS:rects"
          node_options {
            [type.googleapis.com/mediapipe.DetectionsToRectsCalculatorOptions] {
              rotation_vector_start_keypoint_index: 0
              rotation_vector_end_keypoint_index: 1
              rotation_vector_target_angle_degrees: 0
            }
          }
        }
    """

    detection = Input("DETECTION", Detections, optional=True)
    detections = Input("DETECTIONS", Detections, optional=True)
    image_size = Input("IMAGE_SIZE", tuple, optional=True)  # (width, height), pixels
    rect = Output("NORM_RECT", NormalizedRects)
    rects = Output("NORM_RECTS", NormalizedRects)
    timestamp_offset = 0

    Options = "mediapipe.DetectionsToRectsCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        inputs = {connection.entry.tag for connection in node.inputs}
        if len(inputs & {"DETECTION", "DETECTIONS"}) != 1:
            raise ValueError("expected one of the inputs DETECTION and DETECTIONS")
        if len(node.outputs) != 1:
            raise ValueError("expected one of the outputs NORM_RECT and NORM_RECTS")
        if options.HasField("rotation_vector_start_keypoint_index"):
            if not options.HasField("rotation_vector_end_keypoint_index"):
                raise ValueError("rotation_vector_end_keypoint_index is missing")
            if options.HasField("rotation_vector_target_angle") == options.HasField(
                "rotation_vector_target_angle_degrees"
            ):
                raise ValueError(
                    "give one of rotation_vector_target_angle and rotation_vector_target_angle_degrees"
                )
            if "IMAGE_SIZE" not in inputs:
                raise ValueError("the input IMAGE_SIZE is missing, which the rotation needs")

    def open(self) -> None:
        options = self.options
        self._keypoints, self._angle = None, 0.0
        if options.HasField("rotation_vector_start_keypoint_index"):
            self._keypoints = (
                options.rotation_vector_start_keypoint_index,
                options.rotation_vector_end_keypoint_index,
            )
            self._angle = options.rotation_vector_target_angle
            if options.HasField("rotation_vector_target_angle_degrees"):
                self._angle = math.radians(options.rotation_vector_target_angle_degrees)

    def process(self) -> None:
        detections = self.detection.value if self.detection.connected else self.detections.value
        if detections is None or (self._keypoints and self.image_size.is_empty):
            return
        if len(detections):
            rects = self.make_rects(detections)
        elif self.options.output_zero_rect_for_empty_detections:
            rects = NormalizedRects(np.zeros((1, 5), np.float32))
        else:
            rects = NormalizedRects.empty()
        self.rects.send(rects)
        if len(rects):
            self.rect.send(rects.take(slice(0, 1)))

    def make_rects(self, detections: Detections) -> NormalizedRects:
        """A rectangle for each detection."""
        return detections_to_rects(
            detections,
            self.image_size.value,
            self._keypoints,
            self._angle,
            around_keypoints=self.options.conversion_mode == self.options.USE_KEYPOINTS,
        )

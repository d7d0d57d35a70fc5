"""Detections from the outputs of a single-shot detector, under the name of older graphs."""

from typing import Any

from attention_mesh.calculators.proto.tensors_to_detections_calculator_pb2 import (
    TensorsToDetectionsCalculatorOptions,
)
from attention_mesh.calculators.tensor.tensors_to_detections_calculator import TensorsToDetectionsCalculator
from attention_mesh.framework import calculator


@calculator
class TfLiteTensorsToDetectionsCalculator(TensorsToDetectionsCalculator):
    """`TensorsToDetectionsCalculator` under MediaPipe's older name, with the options of that.

    Example::

        node {
          calculator: "TfLiteTensorsToDetectionsCalculator"
          input_stream: "TENSORS:detection_tensors"
          input_side_packet: "ANCHORS:anchors"
          output_stream: "DETECTIONS:detections"
          node_options {
            [type.googleapis.com/mediapipe.TfLiteTensorsToDetectionsCalculatorOptions] {
              num_classes: 91 num_boxes: 2034 num_coords: 4 ignore_classes: 0
              sigmoid_score: true apply_exponential_on_box_size: true min_score_thresh: 0.6
              x_scale: 10.0 y_scale: 10.0 w_scale: 5.0 h_scale: 5.0
            }
          }
        }
    """

    Options = "mediapipe.TfLiteTensorsToDetectionsCalculatorOptions"

    @staticmethod
    def newest_options(options: Any) -> TensorsToDetectionsCalculatorOptions:
        """The same in the newer message, whose fields have the same numbers."""
        newest = TensorsToDetectionsCalculatorOptions()
        newest.ParseFromString(options.SerializeToString())
        return newest

"""Landmarks from a regression tensor, under the name of older graphs."""

from attention_mesh.calculators.tensor.tensors_to_landmarks_calculator import TensorsToLandmarksCalculator
from attention_mesh.framework import calculator


@calculator
class TfLiteTensorsToLandmarksCalculator(TensorsToLandmarksCalculator):
    """`TensorsToLandmarksCalculator` under MediaPipe's older name, with the options of that.

    Example::

        node {
          calculator: "TfLiteTensorsToLandmarksCalculator"
          input_stream: "TENSORS:iris_landmarks_tensor"
          input_stream: "FLIP_HORIZONTALLY:is_right_eye"
          output_stream: "NORM_LANDMARKS:iris_landmarks"
          node_options {
            [type.googleapis.com/mediapipe.TfLiteTensorsToLandmarksCalculatorOptions] {
              num_landmarks: 5 input_image_width: 64 input_image_height: 64
            }
          }
        }
    """

    Options = "mediapipe.TfLiteTensorsToLandmarksCalculatorOptions"

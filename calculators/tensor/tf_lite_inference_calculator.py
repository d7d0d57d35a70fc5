"""Inference under the name of older graphs."""

from attention_mesh.calculators.tensor.inference_calculator import InferenceCalculator
from attention_mesh.framework import calculator


@calculator
class TfLiteInferenceCalculator(InferenceCalculator):
    """`InferenceCalculator` under MediaPipe's older name, with the options of that.

    Example::

        node {
          calculator: "TfLiteInferenceCalculator"
          input_stream: "TENSORS:image_tensor"
          output_stream: "TENSORS:output_tensors"
          node_options {
            [type.googleapis.com/mediapipe.TfLiteInferenceCalculatorOptions] {
              model_path: "mediapipe/modules/iris_landmark/iris_landmark.tflite"
              delegate { xnnpack {} }
            }
          }
        }
    """

    Options = "mediapipe.TfLiteInferenceCalculatorOptions"

"""The inference node under the names of MediaPipe's CPU back ends."""

import re

from attention_mesh.calculators.tensor.inference_calculator import InferenceCalculator
from attention_mesh.framework.registry import calculator_family


@calculator_family(
    r"InferenceCalculator(?:Cpu|Xnnpack)", ["InferenceCalculatorCpu", "InferenceCalculatorXnnpack"]
)
class InferenceCalculatorFamily(InferenceCalculator):
    """`InferenceCalculator`, for graphs that ask for its CPU form. Ports and options are the same.

    Example::

        node {
          calculator: "InferenceCalculatorCpu"
          input_stream: "TENSORS:input_tensors"
          output_stream: "TENSORS:output_tensors"
          node_options {
            [type.googleapis.com/mediapipe.InferenceCalculatorOptions] { model_path: "face_landmark" }
          }
        }
    """

    @classmethod
    def specialize(cls, match: re.Match) -> dict:
        """Nothing differs."""
        return {}

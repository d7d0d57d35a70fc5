"""Inference under the name of older graphs."""

from typing import Any

from attention_mesh.calculators.gpu.kernels.crossing import DOWNLOAD
from attention_mesh.calculators.tensor.devices.tensor_reader import tensors_on_cpu
from attention_mesh.calculators.tensor.inference_calculator import InferenceCalculator
from attention_mesh.framework import Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.webgpu.gpu_buffer import GpuTensors


@calculator
class TfLiteInferenceCalculator(InferenceCalculator):
    """`InferenceCalculator` under MediaPipe's older name, with the options of that.

    TENSORS are on the CPU and TENSORS_GPU on the GPU here. Of TENSORS_GPU, the network's outputs leave as
    TENSORS_GPU, or as TENSORS, for which they are downloaded.

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

    gpu_tensors_in = Input("TENSORS_GPU", GpuTensors, optional=True)
    gpu_tensors_out = Output("TENSORS_GPU", GpuTensors)

    Options = "mediapipe.TfLiteInferenceCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        inputs, outputs = ({c.entry.tag for c in side} for side in (node.inputs, node.outputs))
        if "TENSORS_GPU" not in inputs and outputs == {"TENSORS_GPU"}:
            raise ValueError("the output TENSORS_GPU needs the input TENSORS_GPU")
        if "TENSORS_GPU" in inputs and "TENSORS" in outputs:
            node.crossing = DOWNLOAD
        node.set_output_type("TENSORS", 0, list)

    def _tensors(self) -> list[Any] | None:
        return self.gpu_tensors_in.value if self.gpu_tensors_in.connected else super()._tensors()

    def _send(self, results: list[Any]) -> None:
        if self.tensors_out.connected or self.single_out:
            super()._send(tensors_on_cpu(results, self.gpu))
        if isinstance(results, GpuTensors):
            self.gpu_tensors_out.send(GpuTensors(self._ordered(results)))

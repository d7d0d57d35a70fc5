"""Plain numbers from a tensor."""

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.scores import presence_scores


@calculator
class TensorsToFloatsCalculator(TensorReader):
    """Reads the first tensor as numbers, through a sigmoid if the option says so.

    MediaPipe's node of this name.

    Inputs: TENSORS.
    Outputs: one of FLOAT, for a tensor of one number, and FLOATS; empty if TENSORS is.
    Options: `activation`, NONE or SIGMOID.

    Example::

        node {
          calculator: "TensorsToFloatsCalculator"
          input_stream: "TENSORS:face_flag_tensor"
          output_stream: "FLOAT:face_presence_score"
          node_options {
            [type.googleapis.com/mediapipe.TensorsToFloatsCalculatorOptions] { activation: SIGMOID }
          }
        }
    """

    tensors = Input("TENSORS", list)  # the first one counts: float32 of any shape
    number = Output("FLOAT", float)
    numbers = Output("FLOATS", list)  # of float, in the tensor's order
    timestamp_offset = 0

    Options = "mediapipe.TensorsToFloatsCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        if len(node.outputs) != 1:
            raise ValueError("expected one of the outputs FLOAT and FLOATS")

    def process(self) -> None:
        if self.tensors.is_empty:
            return
        tensors = self.tensors.value
        if not tensors:
            raise ValueError(f'stream "{self.tensors.name}" holds no tensor')
        (tensor,) = self.arrays(tensors[:1])
        values = np.ravel(tensor)
        if self.options.activation == self.options.SIGMOID:
            values = presence_scores(values)
        if self.numbers.connected:
            self.numbers.send(values.tolist())
        elif values.size != 1:
            raise ValueError(f"FLOAT is for one number; the tensor has shape {np.shape(tensor)}")
        else:
            self.number.send(float(values[0]))

"""Inner join: the timestamps at which all streams have a packet."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class PacketInnerJoinCalculator(Calculator):
    """Passes the packets of all inputs at the timestamps at which every input has one; drops the rest.

    MediaPipe's node of this name.

    Inputs: any number, of any type.
    Outputs: one per input.

    Example::

        node {
          calculator: "PacketInnerJoinCalculator"
          input_stream: "image"
          input_stream: "landmarks"
          output_stream: "image_with_landmarks"
          output_stream: "landmarks_with_image"
        }
    """

    inputs = Input("", object, repeated=True)
    outputs = Output("", object, repeated=True)  # type of the input of the same index
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != len(node.outputs):
            raise ValueError(f"{len(node.inputs)} inputs but {len(node.outputs)} outputs; expected as many")
        for index in range(len(node.inputs)):
            node.set_output_type("", index, node.input_type("", index))

    def process(self) -> None:
        if any(port.is_empty for port in self.inputs):
            return
        for port, output in zip(self.inputs, self.outputs, strict=True):
            output.send(port.value)

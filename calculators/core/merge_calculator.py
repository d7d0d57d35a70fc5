"""Merge: the first of several streams that has a packet."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class MergeCalculator(Calculator):
    """Sends, at each timestamp, the packet of the first input that has one.

    MediaPipe's node of this name. Order the inputs by priority.

    Inputs: any number, of any type.
    Outputs: one; no packet if no input has one.

    Example::

        node {
          calculator: "MergeCalculator"
          input_stream: "detections_of_the_second_try"
          input_stream: "detections_of_the_first_try"
          output_stream: "detections"
        }
    """

    inputs = Input("", object, repeated=True)
    first = Output("", object)  # the inputs' type, if it is the same
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        types = {connection.type for connection in node.inputs}
        if len(types) == 1:
            node.set_output_type("", 0, types.pop())

    def process(self) -> None:
        for port in self.inputs:
            if not port.is_empty:
                self.first.send(port.value)
                return

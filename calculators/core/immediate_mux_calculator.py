"""Mux: passes the packets of several streams on, in the order in which they arrive."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class ImmediateMuxCalculator(Calculator):
    """Passes the packets of all inputs while their timestamps rise; drops the others.

    MediaPipe's node of this name. Among packets with the same timestamp, the first input's passes. With
    ImmediateInputStreamHandler the inputs do not wait for one another, and the order of arrival decides which
    packets are dropped. With the default handler all pass in order.

    Inputs: any number, of any type.
    Outputs: the packets; as the second output (bool) one packet for each arrival, passed or dropped, to count
      them.

    Example::

        node {
          calculator: "ImmediateMuxCalculator"
          input_stream: "landmarks_of_one_worker"
          input_stream: "landmarks_of_another_worker"
          output_stream: "landmarks"
        }
    """

    inputs = Input("", object, repeated=True)
    outputs = Output("", object, repeated=True)  # the first of the inputs' type, the second bool
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.outputs) not in (1, 2):
            raise ValueError(f"there are {len(node.outputs)} outputs; expected one or two")
        types = {connection.type for connection in node.inputs}
        if len(types) == 1:
            node.set_output_type("", 0, types.pop())
        node.set_output_type("", 1, bool)

    def process(self) -> None:
        passed, *counted = self.outputs
        for port in self.inputs:
            if port.packet is None:
                continue
            timestamp = port.packet.timestamp
            if timestamp >= passed.bound:
                passed.send(port.value, timestamp)
            for output in counted:
                output.send(True, max(timestamp, output.bound))

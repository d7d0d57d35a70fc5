"""Pairs of the packets of two streams."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class MakePairCalculator(Calculator):
    """Puts the packets of two inputs with the same timestamp into a pair.

    MediaPipe's node of this name.

    Inputs: two, of any type.
    Outputs: a pair (Packet, Packet), with None in place of a missing packet.

    Example::

        node {
          calculator: "MakePairCalculator"
          input_stream: "image"
          input_stream: "landmarks"
          output_stream: "image_and_landmarks"
        }
    """

    inputs = Input("", object, repeated=True)
    pair = Output("", tuple)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if len(node.inputs) != 2:
            raise ValueError(f"there are {len(node.inputs)} inputs; expected two")

    def process(self) -> None:
        self.pair.send(tuple(port.packet for port in self.inputs))

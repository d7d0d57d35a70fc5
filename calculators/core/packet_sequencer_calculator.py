"""Sequencer: packets with new timestamps, between those of other streams."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.timestamps import MIN, next_allowed


@calculator
class PacketSequencerCalculator(Calculator):
    """Stamps each INPUT packet with the first timestamp after the last TICK packet.

    MediaPipe's node of this name. A choice made by a person or another clock thus counts for the ticks that
    follow it. If both arrive together, the choice counts for that tick. The outputs' bounds follow the ticks,
    so that a reader of the output need not wait for the next packet.

    By default each packet is stamped when it arrives; with `input_stream_handler { input_stream_handler:
    "DefaultInputStreamHandler" }` in the order of the inputs' timestamps.

    Inputs: INPUT, any number, of any type; TICK, any number, of any type.
    Outputs: OUTPUT, one per INPUT: its packets with new timestamps.

    Example::

        node {
          calculator: "PacketSequencerCalculator"
          input_stream: "INPUT:key_pressed"
          input_stream: "TICK:image"
          output_stream: "OUTPUT:key_pressed_before_image"
        }
    """

    entries = Input("INPUT", object, repeated=True)
    ticks = Input("TICK", object, repeated=True, optional=True)
    stamped = Output("OUTPUT", object, repeated=True)  # type of the INPUT of the same index
    input_handler = "ImmediateInputStreamHandler"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        count = sum(connection.entry.tag == "INPUT" for connection in node.inputs)
        if count != len(node.outputs):
            raise ValueError(f"{count} inputs INPUT but {len(node.outputs)} outputs; expected as many")
        for index in range(count):
            node.set_output_type("OUTPUT", index, node.input_type("INPUT", index))

    def process(self) -> None:
        for port, output in zip(self.entries, self.stamped, strict=True):
            if not port.is_empty:
                output.send(port.value, max(MIN, output.bound))
        if any(not tick.is_empty for tick in self.ticks):
            for output in self.stamped:
                output.set_bound(next_allowed(self.timestamp))

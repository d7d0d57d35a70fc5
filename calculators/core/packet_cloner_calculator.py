"""Cloner: the newest packets of streams, at the pace of another."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.timestamps import next_allowed


@calculator
class PacketClonerCalculator(Calculator):
    """Sends, at each packet of a tick stream, the newest packet of each other input again.

    MediaPipe's node of this name. The ticks are the input TICK or, without it, the last input.

    Inputs: any number, of any type; TICK.
    Outputs: one per input except the ticks'. Before its input has had a packet, only the bound of an output
      moves.
    Options: with `output_packets_only_when_all_inputs_received` that holds for all outputs until every input
      has had a packet; with `output_only_when_all_inputs_received` not even bounds move.

    Example::

        node {
          calculator: "PacketClonerCalculator"
          input_stream: "landmarks"
          input_stream: "TICK:image"
          output_stream: "newest_landmarks"
        }
    """

    inputs = Input("", object, repeated=True)
    tick = Input("TICK", object, optional=True)
    outputs = Output("", object, repeated=True)  # type of the input of the same index

    Options = "mediapipe.PacketClonerCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        data = [connection for connection in node.inputs if not connection.entry.tag]
        to_clone = len(data) - (len(data) == len(node.inputs))
        if to_clone != len(node.outputs):
            raise ValueError(
                f"{to_clone} inputs besides the ticks but {len(node.outputs)} outputs; expected as many"
            )
        for index in range(to_clone):
            node.set_output_type("", index, node.input_type("", index))

    def open(self) -> None:
        self._newest: list = [None] * len(self.outputs)  # Packets
        self._ticks = self.tick if self.tick.connected else self.inputs[-1]

    def process(self) -> None:
        for index in range(len(self.outputs)):
            self._newest[index] = self.inputs[index].packet or self._newest[index]
        if self._ticks.is_empty:
            return
        options = self.options
        if None in self._newest:
            if options.output_packets_only_when_all_inputs_received:
                self._send([None] * len(self.outputs))
                return
            if options.output_only_when_all_inputs_received:
                return
        self._send(self._newest)

    def _send(self, packets: list) -> None:
        for output, packet in zip(self.outputs, packets, strict=True):
            if packet is None:
                output.set_bound(next_allowed(self.timestamp))
            else:
                output.send(packet.value)

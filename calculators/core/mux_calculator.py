"""Mux: the chosen one of several streams."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.bound_ports import BoundInput
from attention_mesh.framework.node_contract import NodeContract


@calculator
class MuxCalculator(Calculator):
    """Passes the packets of the one input that SELECT names.

    MediaPipe's node of this name. SELECT is a stream, whose packet names the input at its timestamp, or a
    side packet, which names it for the whole run. Packets of the other inputs are dropped, and nothing waits
    for them.

    Inputs: INPUT:0, INPUT:1 … of any type; SELECT (int, from 0).
    Input side packets: SELECT (int), in place of the stream.
    Outputs: OUTPUT; no packet if the chosen input has none at the timestamp of SELECT.

    Example::

        node {
          calculator: "MuxCalculator"
          input_stream: "INPUT:0:rois_from_landmarks"
          input_stream: "INPUT:1:rois_from_detections"
          input_stream: "SELECT:source"
          output_stream: "OUTPUT:rois"
        }
    """

    inputs = Input("INPUT", object, repeated=True)
    select = Input("SELECT", int, optional=True)
    select_for_run = SideInput("SELECT", int, optional=True)
    output = Output("OUTPUT", object)  # the inputs' type, if it is the same
    timestamp_offset = 0
    input_handler = "MuxInputStreamHandler"
    process_bounds = True

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        data = [connection for connection in node.inputs if connection.entry.tag == "INPUT"]
        by_stream = len(data) < len(node.inputs)
        if by_stream == bool(node.side_inputs):
            given = (
                "both the stream and the side packet" if by_stream else "neither a stream nor a side packet"
            )
            raise ValueError(f"SELECT is {given}; connect one of them")
        if not by_stream:
            # The choice is made, so no input has to wait for another.
            node.input_handler, node.handler_options = "ImmediateInputStreamHandler", None
        types = {connection.type for connection in data}
        if len(types) == 1:
            node.set_output_type("OUTPUT", 0, types.pop())

    def open(self) -> None:
        self._chosen: BoundInput | None = None
        if self.select_for_run.connected:
            self._chosen = self._input(self.select_for_run.value)

    def process(self) -> None:
        chosen = self._chosen
        if chosen is None:
            chosen = self._input(self.select.value)
            if not chosen.is_empty:
                self.output.send(chosen.value)
            return
        if chosen.packet is not None:
            self.output.send(chosen.value, chosen.packet.timestamp)
        self.output.set_bound(chosen.bound)

    def _input(self, number: int) -> BoundInput:
        if not 0 <= number < len(self.inputs):
            raise ValueError(f"SELECT is {number}, but the {len(self.inputs)} inputs count from 0")
        return self.inputs[number]

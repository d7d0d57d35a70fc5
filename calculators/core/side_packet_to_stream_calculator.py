"""Side packets to streams: sends the values of side packets as packets."""

from attention_mesh.framework import STOP, Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.timestamps import DONE, POST_STREAM, PRE_STREAM


@calculator
class SidePacketToStreamCalculator(Calculator):
    """Sends side packets into streams, at the timestamp that the output's tag names.

    MediaPipe's node of this name.

    Inputs: TICK, of any type, with AT_TICK and AT_FIRST_TICK.
    Input side packets: without a tag, one or more, of any type; TIMESTAMP (int, µs) with AT_TIMESTAMP.
    Outputs: one per side packet, all under one tag: AT_PRESTREAM, AT_POSTSTREAM, AT_ZERO (one packet at that
      timestamp), AT_TIMESTAMP (one at TIMESTAMP), AT_TICK (one at each packet of TICK) or AT_FIRST_TICK (one
      at the first of them).

    Example::

        node {
          calculator: "SidePacketToStreamCalculator"
          input_stream: "TICK:image"
          input_side_packet: "num_faces"
          output_stream: "AT_TICK:num_faces_of_image"
        }
    """

    tick = Input("TICK", object, optional=True)
    values = SideInput("", object, repeated=True)
    at = SideInput("TIMESTAMP", int, optional=True)
    at_pre_stream = Output("AT_PRESTREAM", object, repeated=True)  # types of the side packets
    at_post_stream = Output("AT_POSTSTREAM", object, repeated=True)
    at_zero = Output("AT_ZERO", object, repeated=True)
    at_timestamp = Output("AT_TIMESTAMP", object, repeated=True)
    at_tick = Output("AT_TICK", object, repeated=True)
    at_first_tick = Output("AT_FIRST_TICK", object, repeated=True)
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        tags = sorted({connection.entry.tag for connection in node.outputs})
        if len(tags) != 1:
            raise ValueError(f"its outputs have the tags {tags}; expected one tag for all of them")
        values = [connection for connection in node.side_inputs if not connection.entry.tag]
        if len(values) != len(node.outputs):
            raise ValueError(f"{len(values)} side packets but {len(node.outputs)} outputs; expected as many")
        if (tags[0] in ("AT_TICK", "AT_FIRST_TICK")) != bool(node.inputs):
            raise ValueError(
                "TICK and outputs AT_TICK or AT_FIRST_TICK belong together; connect both or none"
            )
        if (tags == ["AT_TIMESTAMP"]) != (len(values) < len(node.side_inputs)):
            raise ValueError("the side packet TIMESTAMP and outputs AT_TIMESTAMP belong together")
        for value in values:
            node.set_output_type(tags[0], value.entry.index, value.type)

    def process(self) -> object:
        if self.tick.connected:
            self._send(self.at_tick, self.timestamp)
            if self.at_first_tick[:1] and self.at_first_tick[0].bound != DONE:
                self._send(self.at_first_tick, self.timestamp)
                for output in self.at_first_tick:
                    output.close()
            return None
        self._send(self.at_pre_stream, PRE_STREAM)
        self._send(self.at_post_stream, POST_STREAM)
        self._send(self.at_zero, 0)
        self._send(self.at_timestamp, self.at.value)
        return STOP

    def _send(self, outputs: list, timestamp: int | None) -> None:
        for output, value in zip(outputs, self.values, strict=False):
            output.send(value.value, timestamp)

"""Loopback: a stream that later nodes send, one frame late, for earlier nodes."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class PreviousLoopbackCalculator(Calculator):
    """Gives, with each MAIN packet, the LOOP packet of the previous MAIN packet.

    MediaPipe's node of this name. LOOP is a back edge: it follows from what PREV_LOOP feeds.

    Inputs: MAIN, of any type, whose timestamps set the pace; LOOP, of any type.
    Outputs: PREV_LOOP, the value of LOOP at the previous MAIN timestamp, at this MAIN timestamp. There is no
      packet at the first MAIN packet, or if LOOP had none: then the bound moves past the timestamp, so that a
      reader need not wait.

    Example::

        node {
          calculator: "PreviousLoopbackCalculator"
          input_stream: "MAIN:image"
          input_stream: "LOOP:rois_from_landmarks"
          input_stream_info { tag_index: "LOOP" back_edge: true }
          output_stream: "PREV_LOOP:previous_rois"
        }
    """

    main = Input("MAIN", object)
    loop = Input("LOOP", object)
    previous = Output("PREV_LOOP", object)  # type of LOOP
    input_handler = "LoopbackInputStreamHandler"
    timestamp_offset = 0

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        # Overrides the graph's: only this handler brings the packets together.
        node.input_handler, node.handler_options = cls.input_handler, None
        node.set_output_type("PREV_LOOP", 0, node.input_type("LOOP"))

    def process(self) -> None:
        if not self.loop.is_empty:
            self.previous.send(self.loop.value)

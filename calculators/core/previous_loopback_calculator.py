"""A stream that later nodes make → the same stream, one frame late, for earlier nodes."""

from collections import deque

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.timestamps import DONE


@calculator
class PreviousLoopbackCalculator(Calculator):
    """Gives, with each MAIN packet, the LOOP packet of the MAIN packet before it.

    MediaPipe's node of this name. LOOP is a back edge: it is made from what PREV_LOOP feeds.

    Inputs: MAIN, of any type, whose timestamps set the pace; LOOP, of any type.
    Outputs: PREV_LOOP, the value of LOOP at the previous MAIN timestamp, at this MAIN timestamp; no packet
    at the first MAIN packet or where LOOP had none: then its bound moves past the timestamp, so that who
    reads it need not wait.

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
    input_handler = "ImmediateInputStreamHandler"
    process_bounds = True

    @classmethod
    def contract(cls, node) -> None:
        node.set_output_type("PREV_LOOP", 0, node.input_type("LOOP"))

    def open(self) -> None:
        self._last_main = None
        self._waiting: deque = deque()  # (timestamp of MAIN, timestamp of the MAIN before or None)
        self._loops: deque = deque()  # LOOP packets not matched yet

    def process(self) -> None:
        if not self.main.is_empty:
            timestamp = self.main.packet.timestamp
            self._waiting.append((timestamp, self._last_main))
            self._last_main = timestamp
        if not self.loop.is_empty:
            self._loops.append(self.loop.packet)
        # Read after the packets: a LOOP packet that arrives meanwhile holds this bound at its timestamp.
        loop_bound = self.loop.bound
        waiting, loops = self._waiting, self._loops
        while waiting:
            timestamp, wanted = waiting[0]
            while loops and wanted is not None and loops[0].timestamp < wanted:
                loops.popleft()
            if wanted is None:
                self.previous.set_bound(timestamp + 1)
            elif loops and loops[0].timestamp == wanted:
                self.previous.send(loops.popleft().value, timestamp)
            elif loops or loop_bound > wanted:
                self.previous.set_bound(timestamp + 1)
            else:
                return
            waiting.popleft()
        main_bound = self.main.bound
        if main_bound == DONE:
            self.previous.close()
        else:
            self.previous.set_bound(main_bound)

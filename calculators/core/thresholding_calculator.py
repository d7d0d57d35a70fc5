"""Comparison of a number with a threshold."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract


@calculator
class ThresholdingCalculator(Calculator):
    """Says whether a number lies strictly above a threshold.

    MediaPipe's node of this name. The threshold is one of the option, the side packet and the stream
    THRESHOLD. The last packet of the stream counts; before the first, the threshold is 0.

    Inputs: FLOAT; THRESHOLD (float).
    Input side packets: THRESHOLD (float).
    Outputs: FLAG (bool); ACCEPT (True, only if the number is larger); REJECT (False, only if it is not).
    Options: `threshold`.

    Example::

        node {
          calculator: "ThresholdingCalculator"
          input_stream: "FLOAT:face_presence_score"
          output_stream: "FLAG:face_presence"
          node_options { [type.googleapis.com/mediapipe.ThresholdingCalculatorOptions] { threshold: 0.5 } }
        }
    """

    number = Input("FLOAT", float)
    threshold = Input("THRESHOLD", float, optional=True)
    threshold_for_run = SideInput("THRESHOLD", float, optional=True)
    flag = Output("FLAG", bool)
    accept = Output("ACCEPT", bool)
    reject = Output("REJECT", bool)
    timestamp_offset = 0

    Options = "mediapipe.ThresholdingCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        given = ["the stream THRESHOLD"] if any(c.entry.tag == "THRESHOLD" for c in node.inputs) else []
        given += ["the side packet THRESHOLD"] if node.side_inputs else []
        given += ["the option threshold"] if node.options.HasField("threshold") else []
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are given; expected one of them")

    def open(self) -> None:
        self._threshold = self.options.threshold
        if self.threshold_for_run.connected:
            self._threshold = self.threshold_for_run.value

    def process(self) -> None:
        if not self.threshold.is_empty:
            self._threshold = self.threshold.value
        if self.number.is_empty:
            return
        is_larger = bool(self.number.value > self._threshold)
        self.flag.send(is_larger)
        (self.accept if is_larger else self.reject).send(is_larger)

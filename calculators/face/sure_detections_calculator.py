"""Sure detections: those that need no second look."""

from attention_mesh.calculators.face.wider_look_calculator import SURE_SCORE
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.detections import Detections


@calculator
class SureDetectionsCalculator(Calculator):
    """Passes the detections with a high score, or all of them if there is no second look.

    Inputs: DETECTIONS.
    Input side packets: WIDER: whether a second look follows.
    Outputs: DETECTIONS, in their order; empty if the input is.
    Options: `sure_score`.

    Example::

        node {
          calculator: "SureDetectionsCalculator"
          input_stream: "DETECTIONS:first_detections"
          output_stream: "DETECTIONS:sure_detections"
          input_side_packet: "WIDER:look_wider"
        }
    """

    detections = Input("DETECTIONS", Detections)
    wider = SideInput("WIDER", bool, default=True)
    sure = Output("DETECTIONS", Detections)
    timestamp_offset = 0

    class Options:
        sure_score: float = SURE_SCORE

    def process(self) -> None:
        if self.detections.is_empty:
            return
        found = self.detections.value
        self.sure.send(found.take(found.scores >= self.options.sure_score) if self.wider.value else found)

"""Check whether any detection is confident."""

from attention_mesh.calculators.face.face_detector_choice_calculator import SHORT_RANGE_CONFIDENCE
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detections import Detections


@calculator
class ConfidentDetectionCalculator(Calculator):
    """Says whether any detection of an image has at least a given score.

    Inputs: DETECTIONS.
    Outputs: FOUND, empty if DETECTIONS is.
    Options: `min_score`.

    Example::

        node {
          calculator: "ConfidentDetectionCalculator"
          input_stream: "DETECTIONS:detections"
          output_stream: "FOUND:found_any"
        }
    """

    detections = Input("DETECTIONS", Detections)
    found = Output("FOUND", bool)
    timestamp_offset = 0

    class Options:
        min_score: float = SHORT_RANGE_CONFIDENCE  # probability

    def process(self) -> None:
        if not self.detections.is_empty:
            scores = self.detections.value.scores
            self.found.send(bool((scores >= self.options.min_score).any()))

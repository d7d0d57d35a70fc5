"""Choice of the face detectors that run, by name."""

import math

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.geometry.detection_decoding import score_to_logit

SHORT_RANGE_CONFIDENCE = 0.5
FULL_RANGE_CONFIDENCE = 0.6
"""The thresholds that MediaPipe's own graphs give the two detectors."""

CHOICES = {
    # name: (short range runs, full range runs, full range looks at tiles of the frame)
    "short": (True, False, False),
    "full": (False, True, False),
    "auto": (True, True, True),
}


@calculator
class FaceDetectorChoiceCalculator(Calculator):
    """Turns the user's choice of a face detector into side packets for the gates before the detectors.

    With "full" the full range detector's threshold is the user's. With "auto" the user's is the short range
    detector's; the full range detector, whose scores run higher, gets one that is stricter by as much as
    MediaPipe's own 0.6 is stricter than its 0.5 (measured on the logits).

    Input side packets: DETECTOR: "short" (within about 2 m), "full" (within about 5 m, one look
      at the whole frame, as the official runtime) or "auto" (short range first; if it finds nothing, full
      range on tiles of the frame); anything else is an error that lists these. It overrides the option.
      MIN_DETECTION_CONFIDENCE: the user's threshold, if any.
    Output side packets: SHORT_RANGE and FULL_RANGE: whether that detector may run; TILED: whether the full
      range detector looks at tiles; FULL_RANGE_CONFIDENCE: its threshold; FIRST: "short" or "full", the
      detector that looks first; WIDER: whether other looks may follow it, as with "auto".
    Options: `detector`.

    Example::

        node {
          calculator: "FaceDetectorChoiceCalculator"
          input_side_packet: "DETECTOR:detector"
          input_side_packet: "MIN_DETECTION_CONFIDENCE:min_detection_confidence"
          output_side_packet: "SHORT_RANGE:use_short_range"
          output_side_packet: "FULL_RANGE:use_full_range"
          output_side_packet: "TILED:use_tiles"
          output_side_packet: "FULL_RANGE_CONFIDENCE:full_range_confidence"
        }
    """

    detector = SideInput("DETECTOR", str, optional=True)  # overrides the option
    confidence = SideInput("MIN_DETECTION_CONFIDENCE", float, optional=True)  # probability
    short_range = SideOutput("SHORT_RANGE", bool)
    full_range = SideOutput("FULL_RANGE", bool)
    tiled = SideOutput("TILED", bool)
    full_range_confidence = SideOutput("FULL_RANGE_CONFIDENCE", float)  # probability
    first = SideOutput("FIRST", str)
    wider = SideOutput("WIDER", bool)

    class Options:
        detector: str = "short"

    def open(self) -> None:
        choice = self.detector.value if self.detector.connected else self.options.detector
        if choice not in CHOICES:
            raise ValueError(
                f'DETECTOR (side packet "{self.detector.name}") is {choice!r}; expected one of '
                f"{', '.join(map(repr, CHOICES))}"
            )
        short_range, full_range, tiled = CHOICES[choice]
        self.short_range.set(short_range)
        self.full_range.set(full_range)
        self.tiled.set(tiled)
        self.first.set("short" if short_range else "full")
        self.wider.set(short_range and full_range)
        self.full_range_confidence.set(self._full_range_confidence(short_range))

    def _full_range_confidence(self, after_short_range: bool) -> float:
        confidence = self.confidence.value
        if confidence is None:
            return FULL_RANGE_CONFIDENCE
        if not 0 <= confidence <= 1:
            raise ValueError(f'side packet "{self.confidence.name}" is {confidence}; expected 0 to 1')
        if not after_short_range or confidence in (0, 1):
            return float(confidence)
        stricter = score_to_logit(FULL_RANGE_CONFIDENCE) - score_to_logit(SHORT_RANGE_CONFIDENCE)
        return 1 / (1 + math.exp(-(score_to_logit(confidence) + stricter)))

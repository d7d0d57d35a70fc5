"""The name of a detector choice → which detectors run, and how."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator

CHOICES = {
    # name: (short range runs, full range runs, full range looks at tiles of the frame)
    "short": (True, False, False),
    "full": (False, True, False),
    "auto": (True, True, True),
}


@calculator
class FaceDetectorChoiceCalculator(Calculator):
    """Turns the user's choice of a face detector into side packets for the gates before the detectors.

    Input side packets: DETECTOR: "short" (the default; within about 2 m), "full" (within about 5 m, one look
    at the whole frame, as the official runtime) or "auto" (short range first; where it finds nothing, full
    range on tiles of the frame). Anything else is an error that lists these.
    Output side packets: SHORT_RANGE, FULL_RANGE: whether that detector may run; TILED: whether the full range
    detector looks at tiles.

    Example::

        node {
          calculator: "FaceDetectorChoiceCalculator"
          input_side_packet: "DETECTOR:detector"
          output_side_packet: "SHORT_RANGE:use_short_range"
          output_side_packet: "FULL_RANGE:use_full_range"
          output_side_packet: "TILED:use_tiles"
        }
    """

    detector = SideInput("DETECTOR", str, optional=True)
    short_range = SideOutput("SHORT_RANGE", bool)
    full_range = SideOutput("FULL_RANGE", bool)
    tiled = SideOutput("TILED", bool)

    def open(self) -> None:
        choice = "short" if self.detector.value is None else self.detector.value
        if choice not in CHOICES:
            raise ValueError(
                f'side packet "{self.detector.name}" is {choice!r}; expected one of '
                f"{', '.join(map(repr, CHOICES))}"
            )
        short_range, full_range, tiled = CHOICES[choice]
        self.short_range.set(short_range)
        self.full_range.set(full_range)
        self.tiled.set(tiled)

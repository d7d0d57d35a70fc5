"""Detections after a closer look."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.closer_look import after_closer_look
from attention_mesh.geometry.detections import Detections


@calculator
class CloserLookResultCalculator(Calculator):
    """Raises the scores of detections that a closer look confirms, see `after_closer_look`.

    Inputs: DETECTIONS, of the first look; CLOSER, of the closer look, if there was one; IMAGE, for its size.
    Outputs: DETECTIONS, best first; those of the first look as they are if there was no closer one; empty if
      they are.
    Options: `least_score`, below which a closer look confirms nothing.

    Example::

        node {
          calculator: "CloserLookResultCalculator"
          input_stream: "DETECTIONS:first_detections"
          input_stream: "CLOSER:closer_detections"
          input_stream: "IMAGE:image"
          output_stream: "DETECTIONS:confirmed_detections"
        }
    """

    detections = Input("DETECTIONS", Detections)
    closer = Input("CLOSER", Detections)
    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    confirmed = Output("DETECTIONS", Detections)
    timestamp_offset = 0

    class Options:
        least_score: float = 0.0

    def process(self) -> None:
        if self.detections.is_empty:
            return
        found = self.detections.value
        if not self.closer.is_empty and not self.image.is_empty:
            height, width = self.image.value.shape[:2]
            found = after_closer_look(found, self.closer.value, (width, height), self.options.least_score)
        self.confirmed.send(found)

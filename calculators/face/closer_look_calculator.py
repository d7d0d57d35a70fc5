"""Closer look: which detections of the first look are worth one, and where it looks."""

import numpy as np

from attention_mesh.calculators.face.wider_look_calculator import SURE_SCORE
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.closer_look import closer_look_rects
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.image_hints import check_color_image
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class CloserLookCalculator(Calculator):
    """Gives the squares for a closer look at detections that are not sure.

    As many detections are looked at as faces are missing, the best ones. While faces are tracked, there is no
    closer look: uncertain detections then wait for the next wider look.

    Inputs: IMAGE; DETECTIONS, of the first look, best first; TRACKED, faces that are known.
    Input side packets: NUM_FACES; WIDER, without which the first look is all.
    Outputs: IMAGE and NORM_RECTS, a square per detection or, if they are turned, too, four; both are empty if
      nothing is looked at.
    Options: `sure_score`; `turned`, whether the three turns of each square follow it.

    Example::

        node {
          calculator: "CloserLookCalculator"
          input_stream: "IMAGE:image"
          input_stream: "DETECTIONS:first_detections"
          output_stream: "IMAGE:image_to_look_at"
          output_stream: "NORM_RECTS:squares"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "WIDER:look_wider"
        }
    """

    image = Input("IMAGE", np.ndarray, check=check_color_image)  # (H, W, 3) uint8 RGB
    detections = Input("DETECTIONS", Detections)
    known = Input("TRACKED", NormalizedRects, optional=True)
    num_faces = SideInput("NUM_FACES", int, default=1)
    wider = SideInput("WIDER", bool, default=True)
    image_to_look_at = Output("IMAGE", np.ndarray)
    squares = Output("NORM_RECTS", NormalizedRects)  # one or four per detection
    timestamp_offset = 0

    class Options:
        sure_score: float = SURE_SCORE
        turned: bool = False

    def process(self) -> None:
        if self.image.is_empty or self.detections.is_empty or not self.wider.value:
            return
        if self.known.connected and not self.known.is_empty and len(self.known.value):
            return
        found = self.detections.value
        is_sure = found.scores >= self.options.sure_score
        missing = self.num_faces.value - int(is_sure.sum())
        unsure = np.flatnonzero(~is_sure)[: max(missing, 0)]
        if not len(unsure):
            return
        image = self.image.value
        self.image_to_look_at.send(image)
        size = image.shape[1], image.shape[0]
        self.squares.send(closer_look_rects(found.take(unsure), size, self.options.turned))

"""Wider look: whether the first look at a frame is enough, and what it is good for."""

import numpy as np

from attention_mesh.calculators.face.detector_gate_calculator import WIDER, WIDER_IF_NEEDED
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.detection_pool import contradicts, inside_rects
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.image_hints import check_color_image
from attention_mesh.geometry.normalized_rects import NormalizedRects

SURE_SCORE = 0.85
"""From this score on, the short-range detector sees a face the right way up.

On photos that are turned by 120° to 240°, it sees upright faces with scores of 0.69 in the median; one of a
hundred is above 0.85. On upright photos the median is 0.92, and one of nine is below."""


@calculator
class WiderLookCalculator(Calculator):
    """Decides whether a frame gets a wider look, after the first detector has looked.

    A wider look has two parts: the full-range detector in tiles of the frame, for small faces, and detectors
    on the turned frame, for lying and inverted ones. While no face is tracked, the full-range detector looks
    at every frame in which the first detector is not sure of enough faces, and uncertain detections are
    compared with the turned frame. While some faces are tracked, uncertain detections of others wait for the
    next wider look.

    A detection at the place of a tracked face is dropped if it sees the face turned by more than 45°: a
    detector sees inverted faces as upright ones.

    Inputs: IMAGE, TRACKED and EFFORT as DetectorGateCalculator sends them; DETECTIONS, of the first look.
    Input side packets: NUM_FACES; WIDER, without which the first look is all.
    Outputs: FULL and TURNED, the frame for either part of the wider look, empty if it is not needed;
      DETECTIONS, those of the first look that count, a packet whenever IMAGE has one; WIDE, a packet if more
      candidates than usual are worth a try.
    Options: `sure_score`; `keep_known`, false if known faces are not to be found again.

    Example::

        node {
          calculator: "WiderLookCalculator"
          input_stream: "IMAGE:image_to_search"
          input_stream: "TRACKED:known_rois"
          input_stream: "EFFORT:effort"
          input_stream: "DETECTIONS:first_detections"
          output_stream: "FULL:full_range_image"
          output_stream: "TURNED:turned_image"
          output_stream: "DETECTIONS:usable_detections"
          output_stream: "WIDE:is_wide"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "WIDER:look_wider"
        }
    """

    image = Input("IMAGE", np.ndarray, check=check_color_image)  # (H, W, 3) uint8 RGB
    known = Input("TRACKED", NormalizedRects)
    effort = Input("EFFORT", int)
    detections = Input("DETECTIONS", Detections)
    num_faces = SideInput("NUM_FACES", int, default=1)
    wider = SideInput("WIDER", bool, default=True)
    full = Output("FULL", np.ndarray)
    turned = Output("TURNED", np.ndarray)
    usable = Output("DETECTIONS", Detections)
    wide = Output("WIDE", bool)  # true
    timestamp_offset = 0

    class Options:
        sure_score: float = SURE_SCORE
        keep_known: bool = True

    def process(self) -> None:
        if self.image.is_empty:
            return
        image, known, effort = self.image.value, self.known.value, self.effort.value
        found = Detections.empty() if self.detections.is_empty else self.detections.value
        is_new = np.logical_not(np.any(inside_rects(found, known), axis=1))
        if not self.wider.value:
            self.usable.send(found if self.options.keep_known else found.take(is_new))
            if effort == WIDER:
                self.wide.send(True)
            return
        is_sure = found.scores >= self.options.sure_score
        has_too_few = (is_new & is_sure).sum() < self.num_faces.value - len(known)
        is_wide = effort == WIDER or (effort == WIDER_IF_NEEDED and has_too_few)
        is_alone = not len(known)
        if is_wide or (is_alone and has_too_few):
            self.full.send(image)
        if is_wide or (is_alone and (is_new & ~is_sure).any()):
            self.turned.send(image)
        if is_wide:
            self.wide.send(True)
        kept = is_new & (is_sure | is_wide | is_alone)
        if self.options.keep_known:
            height, width = image.shape[:2]
            kept |= ~is_new & ~contradicts(found, known, (width, height))
        self.usable.send(found if kept.all() else found.take(kept))

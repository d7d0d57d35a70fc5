"""Check for missing candidates: whether a search has found enough of them."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.image_hints import check_color_image
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class MissingCandidatesCalculator(Calculator):
    """Passes an image if its known faces and the detections of others are fewer than the faces wanted.

    Inputs: IMAGE; KNOWN; DETECTIONS, of faces that are not known.
    Input side packets: NUM_FACES; WIDER, without which no image passes.
    Outputs: IMAGE, empty if there are enough candidates.

    Example::

        node {
          calculator: "MissingCandidatesCalculator"
          input_stream: "IMAGE:image_to_search"
          input_stream: "KNOWN:known_rois"
          input_stream: "DETECTIONS:pooled_detections"
          output_stream: "IMAGE:crowd_image"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "WIDER:look_wider"
        }
    """

    image = Input("IMAGE", np.ndarray, check=check_color_image)  # (H, W, 3) uint8 RGB
    known = Input("KNOWN", NormalizedRects)
    detections = Input("DETECTIONS", Detections)
    num_faces = SideInput("NUM_FACES", int, default=1)
    wider = SideInput("WIDER", bool, default=True)
    image_to_search = Output("IMAGE", np.ndarray)
    timestamp_offset = 0

    def process(self) -> None:
        if self.image.is_empty or not self.wider.value:
            return
        if len(self.known.value) + len(self.detections.value) < self.num_faces.value:
            self.image_to_search.send(self.image.value)

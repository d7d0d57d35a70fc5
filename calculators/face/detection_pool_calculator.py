"""Detection pool: one detection per face, from several looks at a frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.detection_pool import contradicts, inside_rects, pool_detections
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class DetectionPoolCalculator(Calculator):
    """Joins the detections of several looks; at each place the best score says how the face is turned.

    If only the first look was had, then its detections pass unchanged. A detection at the place of a known
    face is left out if it sees that face turned by more than 45°, and in any case without `keep_known`.

    Inputs: DETECTIONS, one stream per look, the preferred one first; KNOWN, the regions of faces that are
      known already; IMAGE_SIZE.
    Outputs: DETECTIONS, best first; empty if the first look is.
    Options: `keep_known`, false if known faces are not to be found again.

    Example::

        node {
          calculator: "DetectionPoolCalculator"
          input_stream: "DETECTIONS:0:first_detections"
          input_stream: "DETECTIONS:1:full_range_detections"
          input_stream: "KNOWN:known_rois"
          input_stream: "IMAGE_SIZE:searched_size"
          output_stream: "DETECTIONS:detections"
        }
    """

    detections = Input("DETECTIONS", Detections, repeated=True)  # in the frame
    known = Input("KNOWN", NormalizedRects)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    pooled = Output("DETECTIONS", Detections)
    timestamp_offset = 0

    class Options:
        keep_known: bool = True

    def process(self) -> None:
        first, *others = self.detections
        if first.is_empty:
            return
        looks = [port.value for port in others if not port.is_empty]
        if not looks:
            self.pooled.send(first.value)
            return
        known, size = self.known.value, self.image_size.value
        if self.options.keep_known:
            looks = [look.take(~contradicts(look, known, size)) for look in looks]
        else:
            looks = [look.take(np.logical_not(np.any(inside_rects(look, known), axis=1))) for look in looks]
        self.pooled.send(pool_detections([first.value, *looks], size))

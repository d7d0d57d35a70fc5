"""Gate in front of the face detector: passes frames while it is needed."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class DetectorGateCalculator(Calculator):
    """Passes the frame to the face detector while fewer faces are tracked than wanted.

    MediaPipe's front graph does the same in three nodes (a gate, a count, a gate).

    Inputs: IMAGE; TRACKED, the regions that follow from the previous frame, empty on the first.
    Input side packets: NUM_FACES; TRACK.
    Outputs: IMAGE, empty if the detector can rest.

    Example::

        node {
          calculator: "DetectorGateCalculator"
          input_stream: "IMAGE:image"
          input_stream: "TRACKED:tracked_rois"
          output_stream: "IMAGE:image_to_search"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "TRACK:use_prev_landmarks"
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    tracked = Input("TRACKED", NormalizedRects)
    num_faces = SideInput("NUM_FACES", int)  # the detector rests while so many faces are tracked
    track = SideInput("TRACK", bool, optional=True)  # false: every frame passes; default true
    image_to_search = Output("IMAGE", np.ndarray)
    timestamp_offset = 0

    def open(self) -> None:
        self._enough = self.num_faces.value
        if self._enough < 1:
            raise ValueError(f"NUM_FACES is {self._enough}; expected at least 1")
        self._is_tracking = self.track.value if self.track.connected else True

    def process(self) -> None:
        if self.image.is_empty:
            return
        tracked = self.tracked.value
        if self._is_tracking and tracked is not None and len(tracked) >= self._enough:
            return
        self.image_to_search.send(self.image.value)

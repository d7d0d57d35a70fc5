"""Mean of the landmarks from two crops of the same faces."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class LandmarksMeanCalculator(Calculator):
    """Averages the landmarks of two crops with different frames; their errors partly cancel.

    The second crop may have lost faces.

    Inputs: LANDMARKS:0, the first crop's; ROIS:0, the regions of the second crop, face by face with
      LANDMARKS:0; LANDMARKS:1, the second crop's; ROIS:1, the regions of these that still held a face, face
      by face with LANDMARKS:1.
    Outputs: LANDMARKS, of the faces in LANDMARKS:1; empty if any input is.

    Example::

        node {
          calculator: "LandmarksMeanCalculator"
          input_stream: "LANDMARKS:0:first_landmarks"
          input_stream: "ROIS:0:second_rois"
          input_stream: "LANDMARKS:1:second_landmarks"
          input_stream: "ROIS:1:rois"
          output_stream: "LANDMARKS:landmarks"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) and (K, N, 3), K ≤ F
    rois = Input("ROIS", NormalizedRects, repeated=True)  # F, and K of them in the same order
    mean = Output("LANDMARKS", NormalizedLandmarks)  # (K, N, 3); a packet if all inputs have one
    timestamp_offset = 0

    def open(self) -> None:
        if len(self.landmarks) != 2 or len(self.rois) != 2:
            raise ValueError(
                f"expected LANDMARKS:0, LANDMARKS:1, ROIS:0 and ROIS:1; {len(self.landmarks)} LANDMARKS and "
                f"{len(self.rois)} ROIS streams are connected"
            )

    def process(self) -> None:
        if any(port.is_empty for port in self.landmarks) or any(port.is_empty for port in self.rois):
            return
        first, second = (port.value.points for port in self.landmarks)
        if len(second) < len(first):
            first = first[_kept(*(port.value.values for port in self.rois))]
        self.mean.send(NormalizedLandmarks((first + second) * np.float32(0.5)))


def _kept(given: np.ndarray, left: np.ndarray) -> np.ndarray:
    """For each rectangle of `left` (K, 5) its place in `given` (F, 5).

    Raises:
      ValueError: a rectangle is not in `given`.
    """
    same = (left[:, None] == given[None]).all(axis=2)
    if not same.any(axis=1).all():
        raise ValueError("ROIS:1 holds a region that is none of ROIS:0")
    return same.argmax(axis=1)

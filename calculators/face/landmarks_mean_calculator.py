"""Mean of the landmarks from two crops of the same faces, of those on which the crops agree."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.landmark_groups import landmark_groups


@calculator
class LandmarksMeanCalculator(Calculator):
    """Averages the landmarks of two crops with different frames; their errors partly cancel.

    The second crop may have lost faces. A mesh on which the two crops disagree fits no face well: it lies
    over an inverted face, a face half hidden, or none.

    Inputs: LANDMARKS:0, the first crop's; ROIS:0, the regions of the second crop, face by face with
      LANDMARKS:0; LANDMARKS:1, the second crop's; ROIS:1, the regions of these that still held a face, and
      SCORES, both face by face with LANDMARKS:1; IMAGE_SIZE.
    Outputs: LANDMARKS, ROIS and SCORES of the faces in LANDMARKS:1 on which the crops agree; empty if any
      input is.
    Options: `largest_gap`; 0 keeps every face. A limit needs IMAGE_SIZE.

    Example::

        node {
          calculator: "LandmarksMeanCalculator"
          input_stream: "LANDMARKS:0:first_landmarks"
          input_stream: "ROIS:0:second_rois"
          input_stream: "LANDMARKS:1:second_landmarks"
          input_stream: "ROIS:1:second_face_rois"
          input_stream: "SCORES:second_scores"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "ROIS:rois"
          output_stream: "SCORES:scores"
          node_options {
            [type.googleapis.com/attention_mesh.LandmarksMeanCalculatorOptions] { largest_gap: 0.12 }
          }
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) and (K, N, 3), K ≤ F
    rois = Input("ROIS", NormalizedRects, repeated=True)  # F, and K of them in the same order
    scores = Input("SCORES", np.ndarray, optional=True)  # (K,) float32
    image_size = Input("IMAGE_SIZE", tuple, optional=True)  # (width, height) px
    mean = Output("LANDMARKS", NormalizedLandmarks)  # (M, N, 3), M ≤ K; a packet if all inputs have one
    kept_rois = Output("ROIS", NormalizedRects)  # M
    kept_scores = Output("SCORES", np.ndarray)  # (M,) float32
    timestamp_offset = 0

    class Options:
        # Mean distance between the landmarks of the crops, over the distance of the outer eye corners.
        largest_gap: float = 0.0

    def open(self) -> None:
        if self.options.largest_gap and not self.image_size.connected:
            raise ValueError("largest_gap needs the input IMAGE_SIZE")
        if len(self.landmarks) != 2 or len(self.rois) != 2:
            raise ValueError(
                f"expected LANDMARKS:0, LANDMARKS:1, ROIS:0 and ROIS:1; {len(self.landmarks)} LANDMARKS and "
                f"{len(self.rois)} ROIS streams are connected"
            )

    def process(self) -> None:
        single = [port for port in (self.scores, self.image_size) if port.connected]
        if any(port.is_empty for port in (*self.landmarks, *self.rois, *single)):
            return
        first, second = (port.value.points for port in self.landmarks)
        if len(second) < len(first):
            first = first[_kept(*(port.value.values for port in self.rois))]
        mean = (first + second) * np.float32(0.5)
        rois, scores = self.rois[1].value, self.scores.value if self.scores.connected else None
        if self.options.largest_gap and len(mean):
            agree = crop_gaps(first, second, self.image_size.value) <= self.options.largest_gap
            if not agree.all():
                mean, rois = mean[agree], rois.take(np.flatnonzero(agree))
                scores = None if scores is None else scores[agree]
        self.mean.send(NormalizedLandmarks(mean))
        self.kept_rois.send(rois)
        if scores is not None:
            self.kept_scores.send(scores)


def crop_gaps(first: np.ndarray, second: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """(F,) float: how far apart the landmarks of two crops are, over the distance of the outer eye corners.

    Args:
      first, second: (F, N, 3), normalized to the image.
      image_size: (width, height) px.
    """
    size = np.array(image_size, np.float32)
    gaps = np.linalg.norm((second - first)[..., :2] * size, axis=2).mean(axis=1)
    right, left = landmark_groups()["outer_eye_corners"]
    eyes = np.linalg.norm((second[:, left, :2] - second[:, right, :2]) * size, axis=1)
    return gaps / np.maximum(eyes, 1e-6)


def _kept(given: np.ndarray, left: np.ndarray) -> np.ndarray:
    """For each rectangle of `left` (K, 5) its place in `given` (F, 5).

    Raises:
      ValueError: a rectangle is not in `given`.
    """
    same = (left[:, None] == given[None]).all(axis=2)
    if not same.any(axis=1).all():
        raise ValueError("ROIS:1 holds a region that is none of ROIS:0")
    return same.argmax(axis=1)

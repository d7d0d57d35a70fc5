"""Join of the faces that two searches of an image found."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class FacesJoinCalculator(Calculator):
    """Joins the faces of two searches, the first one's first, and keeps at most so many.

    Inputs: LANDMARKS, ROIS and SCORES of each search; the second one's may be empty.
    Input side packets: NUM_FACES.
    Outputs: LANDMARKS, ROIS and SCORES, face by face; empty if the first search's are.

    Example::

        node {
          calculator: "FacesJoinCalculator"
          input_stream: "LANDMARKS:0:sure_landmarks"
          input_stream: "ROIS:0:sure_rois"
          input_stream: "SCORES:0:sure_scores"
          input_stream: "LANDMARKS:1:other_landmarks"
          input_stream: "ROIS:1:other_rois"
          input_stream: "SCORES:1:other_scores"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "ROIS:rois"
          output_stream: "SCORES:scores"
          input_side_packet: "NUM_FACES:num_faces"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # (F, N, 3) in the frame
    rois = Input("ROIS", NormalizedRects, repeated=True)  # F
    scores = Input("SCORES", np.ndarray, repeated=True)  # (F,) float32
    num_faces = SideInput("NUM_FACES", int, default=1)  # the most faces that leave
    all_landmarks = Output("LANDMARKS", NormalizedLandmarks)
    all_rois = Output("ROIS", NormalizedRects)
    all_scores = Output("SCORES", np.ndarray)
    timestamp_offset = 0

    def process(self) -> None:
        if self.landmarks[0].is_empty:
            return
        landmarks, rois, scores = self.landmarks[0].value, self.rois[0].value, self.scores[0].value
        if not self.landmarks[1].is_empty and len(self.landmarks[1].value):
            both = [port.value.points for port in self.landmarks]
            most = self.num_faces.value
            landmarks = NormalizedLandmarks(np.concatenate(both)[:most])
            rois = NormalizedRects.concatenate([port.value for port in self.rois]).take(slice(most))
            scores = np.concatenate([port.value for port in self.scores])[:most]
        self.all_landmarks.send(landmarks)
        self.all_rois.send(rois)
        self.all_scores.send(scores)

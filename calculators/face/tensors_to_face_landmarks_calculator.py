"""Landmarks in the frame, presence scores and face regions from the outputs of a face landmark network."""

import math

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, SideInput, calculator
from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import project_landmarks
from attention_mesh.geometry.scores import presence_scores
from attention_mesh.models.topology.refinement import OUTPUT_DIMENSIONS, refinement_plan


@calculator
class TensorsToFaceLandmarksCalculator(TensorReader):
    """Reads all outputs of the network at once: refines the mesh, drops regions without a face, and projects.

    Two tensors are landmarks (478 or 468) and face flag, as the networks of our own graphs give them. Seven
    are the attention network's as released (mesh, lips, two eyes, two irises, face flag), which become 478
    landmarks. A region stays if its presence is strictly above the threshold. Landmarks, scores and regions
    of the outputs belong together, face by face.

    Inputs: TENSORS; ROIS.
    Input side packets: MIN_PRESENCE, which overrides the option; MAX_FACES, without which all faces leave.
    Outputs: LANDMARKS, in the frame; SCORES; ROIS. All are empty if an input is.
    Options: `input_size`, `min_presence`.

    Example::

        node {
          calculator: "TensorsToFaceLandmarksCalculator"
          input_stream: "TENSORS:output_tensors"
          input_stream: "ROIS:rois"
          output_stream: "LANDMARKS:landmarks"
          output_stream: "SCORES:scores"
          output_stream: "ROIS:face_rois"
          input_side_packet: "MIN_PRESENCE:min_tracking_confidence"
        }
    """

    # 2 arrays (F, …) float32 of F regions: landmarks 1434 or 1404, flag 1 values each; or 7: mesh 1404, lips
    # 160, eyes 142, irises 10, flag 1.
    tensors = Input("TENSORS", list)
    rois = Input("ROIS", NormalizedRects)  # F, the regions that the rows were cropped from
    min_presence = SideInput("MIN_PRESENCE", float, optional=True)  # overrides the option; in [0, 1]
    max_faces = SideInput("MAX_FACES", int, optional=True)  # of the faces the first so many leave
    landmarks = Output("LANDMARKS", NormalizedLandmarks)  # (K, 478 or 468, 3) in the frame
    scores = Output("SCORES", np.ndarray)  # (K,) float32, presence in (threshold, 1]
    face_rois = Output("ROIS", NormalizedRects)  # K, those of the input that hold a face
    timestamp_offset = 0

    class Options:
        min_presence: float = 0.5  # regions at or below it are dropped
        input_size: int = 192  # px, side of the network's square input

    def open(self) -> None:
        given = self.min_presence.value if self.min_presence.connected else self.options.min_presence
        if not 0 <= given <= 1:
            raise ValueError(f"minimum presence is {given}; a probability is between 0 and 1")
        self._min_presence = given
        self._max_faces = self.max_faces.value if self.max_faces.connected else None
        self._input_size = self.options.input_size
        self._refinement = LandmarkRefinement(refinement_plan())

    def process(self) -> None:
        if self.tensors.is_empty or self.rois.is_empty:
            return
        tensors, rois = self.arrays(self.tensors.value), self.rois.value
        if len(tensors) not in (2, 7):
            raise ValueError(
                f"{len(tensors)} tensors; 2 (landmarks, face flag) or the attention network's 7 are expected"
            )
        faces = len(rois)
        if not faces:
            merged = math.prod(tensors[0].shape[1:]) // 3
            count = merged if len(tensors) == 2 else self._refinement.num_landmarks
            self.landmarks.send(NormalizedLandmarks.empty(count))
            self.scores.send(np.empty(0, np.float32))
            self.face_rois.send(rois)
            return
        points = tensors[0].reshape(faces, -1, 3) if len(tensors) == 2 else self._refined(tensors[:-1], faces)
        scores = presence_scores(tensors[-1].reshape(faces))
        if min(scores.tolist()) <= self._min_presence:
            present = scores > self._min_presence
            points, scores, rois = points[present], scores[present], rois.take(present)
        if self._max_faces is not None and len(scores) > self._max_faces:
            first = slice(self._max_faces)
            points, scores, rois = points[first], scores[first], rois.take(first)
        self.landmarks.send(
            NormalizedLandmarks(project_landmarks(points, rois.values, crop_side=self._input_size))
        )
        self.scores.send(scores)
        self.face_rois.send(rois)

    def _refined(self, tensors: list[np.ndarray], faces: int) -> np.ndarray:
        """(F, 478, 3) float32 in pixels of the network's input, from its six sets."""
        rows = tensors if faces == 1 else [tensor.reshape(faces, -1) for tensor in tensors]
        return self._refinement.merge_rows(rows, OUTPUT_DIMENSIONS)

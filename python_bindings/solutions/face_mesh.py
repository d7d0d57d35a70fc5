"""FaceMesh: the face mesh solution, under MediaPipe's names."""

from typing import Any

import numpy as np

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, NUM_LANDMARKS_WITH_IRISES
from attention_mesh.python_bindings.landmarker.color_order_check import ColorOrderCheck
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)
from attention_mesh.python_bindings.mediapipe_api.array_messages import LandmarkListWriter
from attention_mesh.python_bindings.solutions.face_mesh_connections import (
    FACEMESH_CONTOURS,
    FACEMESH_FACE_OVAL,
    FACEMESH_IRISES,
    FACEMESH_LEFT_EYE,
    FACEMESH_LEFT_EYEBROW,
    FACEMESH_LEFT_IRIS,
    FACEMESH_LIPS,
    FACEMESH_NOSE,
    FACEMESH_RIGHT_EYE,
    FACEMESH_RIGHT_EYEBROW,
    FACEMESH_RIGHT_IRIS,
    FACEMESH_TESSELATION,
)
from attention_mesh.python_bindings.solutions.graph_solution import GraphSolution, SolutionOutputs
from attention_mesh.python_bindings.solutions.option_checks import confidence, face_count, flag

FACEMESH_NUM_LANDMARKS = NUM_LANDMARKS
FACEMESH_NUM_LANDMARKS_WITH_IRISES = NUM_LANDMARKS_WITH_IRISES

__all__ = [
    "FACEMESH_CONTOURS",
    "FACEMESH_FACE_OVAL",
    "FACEMESH_IRISES",
    "FACEMESH_LEFT_EYE",
    "FACEMESH_LEFT_EYEBROW",
    "FACEMESH_LEFT_IRIS",
    "FACEMESH_LIPS",
    "FACEMESH_NOSE",
    "FACEMESH_NUM_LANDMARKS",
    "FACEMESH_NUM_LANDMARKS_WITH_IRISES",
    "FACEMESH_RIGHT_EYE",
    "FACEMESH_RIGHT_EYEBROW",
    "FACEMESH_RIGHT_IRIS",
    "FACEMESH_TESSELATION",
    "FaceMesh",
]


class FaceMesh(GraphSolution):
    """Finds the 468 (with `refine_landmarks` 478) landmarks of each face in an RGB image.

    Use one object for the frames of one video, in their order, or an object with static_image_mode=True for
    unrelated images. See `GraphSolution` on threads and errors.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_faces: int = 1,
        refine_landmarks: bool = False,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
    ):
        """Opens the graph. The first one fetches the network weights.

        Args:
          static_image_mode: True detects faces in each image; False follows those of the image before.
          max_num_faces: the most faces to find, 1 or more.
          refine_landmarks: True uses the attention mesh, which is finer at lips and eyes and has 10 more
            landmarks, for the irises.
          min_detection_confidence: score in [0, 1] from which on a detected face counts; None is 0.
          min_tracking_confidence: presence score in [0, 1] above which a mesh counts; None is 0.

        Raises:
          TypeError: an argument is unknown or of a wrong type.
          ValueError: max_num_faces is below 1.
          RuntimeError: the graph cannot be opened, for example because the weights are unavailable.
        """
        self._writer = LandmarkListWriter()
        self._colors = ColorOrderCheck()
        super().__init__(
            face_mesh_graph_path("face_mesh"),
            face_mesh_side_packets(
                num_faces=face_count("max_num_faces", max_num_faces),
                spare_candidates=0,
                with_attention=flag("refine_landmarks", refine_landmarks),
                use_prev_landmarks=not static_image_mode,
                detector="short",
                smooth_landmarks=False,
                min_detection_confidence=_limit("min_detection_confidence", min_detection_confidence),
                min_tracking_confidence=_limit(
                    "min_tracking_confidence", min_tracking_confidence, nan_counts_as=1.0
                ),
            ),
            output_stream="landmarks",
            field="multi_face_landmarks",
        )

    def process(self, image: np.ndarray) -> SolutionOutputs:
        """Finds the faces of an image.

        Args:
          image: (H, W, 3) uint8 RGB; it is not written to.

        Returns:
          An object whose `multi_face_landmarks` is a list of NormalizedLandmarkList messages, one per face,
          or None if there is no face. x and y are fractions of the image's width and height, z is on
          x's scale.

        Raises:
          ValueError: the image does not have three channels, or has no pixels, or the solution is closed.
          TypeError: the image is no array of uint8.
          RuntimeError: the graph failed.
        """
        outputs = super().process(image)
        faces = outputs.multi_face_landmarks
        if faces and not self._colors.is_over:
            points = np.array([[(point.x, point.y) for point in face.landmark] for face in faces])
            self._colors.look_at(image, points * (image.shape[1], image.shape[0]))
        return outputs

    def _convert(self, landmarks: Any) -> list | None:
        if not isinstance(landmarks, NormalizedLandmarks) or not len(landmarks):
            return None
        return self._writer.write(landmarks.points)


def _limit(name: str, value: float | None, nan_counts_as: float = 0.0) -> float:
    return 0.0 if value is None else confidence(name, value, nan_counts_as)

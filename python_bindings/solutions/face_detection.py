"""FaceDetection: the face detection solution, under MediaPipe's names."""

import enum
from typing import Any

import numpy as np

from attention_mesh.framework.formats import detection_pb2, location_data_pb2
from attention_mesh.python_bindings.landmarker.face_mesh_graph import GRAPH_FOLDER
from attention_mesh.python_bindings.mediapipe_api.array_messages import detection_messages
from attention_mesh.python_bindings.solutions.graph_solution import GraphSolution, SolutionOutputs
from attention_mesh.python_bindings.solutions.option_checks import confidence, warn_of_option

_GRAPH = GRAPH_FOLDER.parent / "face_detection" / "face_detector.pbtxt"


class _Default(float):
    """The default confidence, distinct from the same number as an argument."""


# The lowest scores of a face in MediaPipe's two graphs.
_SHORT_RANGE, _FULL_RANGE = 0.5, 0.6

__all__ = ["FaceDetection", "FaceKeyPoint", "get_key_point"]


class FaceKeyPoint(enum.IntEnum):
    """Place of each keypoint in a detection's `relative_keypoints`. Left and right are the subject's."""

    RIGHT_EYE = 0
    LEFT_EYE = 1
    NOSE_TIP = 2
    MOUTH_CENTER = 3
    RIGHT_EAR_TRAGION = 4
    LEFT_EAR_TRAGION = 5


def get_key_point(
    detection: detection_pb2.Detection | None, key_point_enum: FaceKeyPoint
) -> location_data_pb2.LocationData.RelativeKeypoint | None:
    """Returns one keypoint of a detected face, relative to the image; None without a detection.

    Raises:
      IndexError: the detection does not have it.
    """
    if not detection or not detection.location_data:
        return None
    return detection.location_data.relative_keypoints[key_point_enum]


class FaceDetection(GraphSolution):
    """Finds faces in an RGB image: a box, six keypoints and a score each.

    See `GraphSolution` on threads and errors.
    """

    def __init__(self, min_detection_confidence: float = _Default(_SHORT_RANGE), model_selection: int = 0):
        """Opens the graph. The first one fetches the network weights.

        Args:
          min_detection_confidence: score in [0, 1] from which on a detected face counts. The default is 0.6
            for the full range and 0.5 for the short one. (mediapipe 0.10.21 ignores this argument and always
            uses these.)
          model_selection: 1 takes the full-range model, for faces within 5 meters; anything else takes the
            short-range model, for faces within 2 meters.

        Raises:
          TypeError: an argument is unknown or of a wrong type.
          RuntimeError: the graph cannot be opened, for example because the weights are unavailable.
        """
        full_range = model_selection == 1
        if model_selection not in (0, 1):
            warn_of_option(f"model_selection is {model_selection!r}; expected 0 or 1. It counts as 0")
        if full_range and isinstance(min_detection_confidence, _Default):
            min_detection_confidence = _FULL_RANGE
        super().__init__(
            _GRAPH,
            {
                "detector": "full" if full_range else "short",
                "min_detection_confidence": confidence("min_detection_confidence", min_detection_confidence),
                "num_threads": 0,
            },
            output_stream="detections",
            field="detections",
        )

    def process(self, image: np.ndarray) -> SolutionOutputs:
        """Finds the faces of an image.

        Args:
          image: (H, W, 3) uint8 RGB; it is not written to.

        Returns:
          An object whose `detections` is a list of Detection messages, best first, or None if there is no
          face.

        Raises:
          ValueError: the image does not have three channels, or has no pixels, or the solution is closed.
          TypeError: the image is no array of uint8.
          RuntimeError: the graph failed.
        """
        return super().process(image)

    def _convert(self, detections: Any) -> list | None:
        return detection_messages(detections) if detections is not None and len(detections) else None

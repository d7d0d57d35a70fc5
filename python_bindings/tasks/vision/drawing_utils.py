"""Drawing utilities of MediaPipe Tasks: those of `solutions.drawing_utils`, for lists of landmarks.

Landmarks may be a list of `NormalizedLandmark`, as results have them, or a message
`NormalizedLandmarkList`. Connections may be `FaceLandmarksConnections.Connection` or pairs of indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from attention_mesh.framework.formats import landmark_pb2
from attention_mesh.python_bindings.landmarker.normalized_landmark import NormalizedLandmark
from attention_mesh.python_bindings.solutions import drawing_utils
from attention_mesh.python_bindings.solutions.drawing_utils import (
    BLACK_COLOR,
    BLUE_COLOR,
    GREEN_COLOR,
    RED_COLOR,
    WHITE_COLOR,
    DrawingSpec,
    draw_axis,
    draw_detection,
)

__all__ = [
    "BLACK_COLOR",
    "BLUE_COLOR",
    "GREEN_COLOR",
    "RED_COLOR",
    "WHITE_COLOR",
    "DrawingSpec",
    "draw_axis",
    "draw_detection",
    "draw_landmarks",
    "plot_landmarks",
]

# Defaults of the functions below; each is one object, whose fields a program may change.
_WHITE_LINES = DrawingSpec()
_RED_POINTS = DrawingSpec(color=RED_COLOR)
_PLOTTED_LINES = DrawingSpec(color=BLACK_COLOR, thickness=5)
_PLOTTED_POINTS = DrawingSpec(color=RED_COLOR, thickness=5)

_Landmarks = Sequence[NormalizedLandmark] | landmark_pb2.NormalizedLandmarkList
_Pair = tuple[int, int]


def draw_landmarks(
    image: np.ndarray,
    landmark_list: _Landmarks,
    connections: Iterable[Any] | None = None,
    landmark_drawing_spec: DrawingSpec | Mapping[int, DrawingSpec] | None = _RED_POINTS,
    connection_drawing_spec: DrawingSpec | Mapping[_Pair, DrawingSpec] | None = _WHITE_LINES,
    is_drawing_landmarks: bool = True,
) -> None:
    """Draws landmarks, and lines between them, into `image`, in place; see `solutions.drawing_utils`.

    Args:
      image: (H, W, 3) uint8 BGR, contiguous and writeable.
      landmark_list: landmarks normalized to the image; none draws nothing.
      connections: the lines, for example `FaceLandmarksConnections.FACE_LANDMARKS_CONTOURS`.
      landmark_drawing_spec: one style, or one for each landmark index; None draws no points.
      connection_drawing_spec: one style, or one for each pair of indices; None draws no lines.
      is_drawing_landmarks: False draws no points, whatever their style is.

    Raises:
      ValueError: the image does not have three channels, or a connection names a landmark that is not in
        the list.
    """
    if landmark_list:
        drawing_utils.draw_landmarks(
            image,
            _message(landmark_list),
            _pairs(connections),
            landmark_drawing_spec,
            connection_drawing_spec,
            is_drawing_landmarks,
        )


def plot_landmarks(
    landmark_list: _Landmarks,
    connections: Iterable[Any] | None = None,
    landmark_drawing_spec: DrawingSpec = _PLOTTED_POINTS,
    connection_drawing_spec: DrawingSpec = _PLOTTED_LINES,
    elevation: int = 10,
    azimuth: int = 10,
) -> None:
    """Shows landmarks, and lines between them, in a 3D plot of Matplotlib; see `solutions.drawing_utils`.

    Raises:
      ValueError: a connection names a landmark that is not in the list.
      ImportError: Matplotlib is not installed.
    """
    if landmark_list:
        drawing_utils.plot_landmarks(
            _message(landmark_list),
            _pairs(connections),
            landmark_drawing_spec,
            connection_drawing_spec,
            elevation,
            azimuth,
        )


def _message(landmarks: _Landmarks) -> landmark_pb2.NormalizedLandmarkList:
    if isinstance(landmarks, landmark_pb2.NormalizedLandmarkList):
        return landmarks
    return landmark_pb2.NormalizedLandmarkList(
        landmark=[
            landmark_pb2.NormalizedLandmark(
                x=point.x, y=point.y, z=point.z, visibility=point.visibility, presence=point.presence
            )
            for point in landmarks
        ]
    )


def _pairs(connections: Iterable[Any] | None) -> list[_Pair] | None:
    if connections is None:
        return None
    return [(line.start, line.end) if hasattr(line, "start") else (line[0], line[1]) for line in connections]

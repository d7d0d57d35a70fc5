"""From a graph's packets of one timestamp to what sinks take."""

from __future__ import annotations

from typing import Any

import numpy as np

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.cli.graph_ports import GraphPorts
from attention_mesh.python_bindings.face_landmarker_result import FaceLandmarkerResult
from attention_mesh.python_bindings.video.frame import Frame
from attention_mesh.python_bindings.video.frame_record import FrameRecord


def graph_record(ports: GraphPorts, frame: Frame, values: dict[str, Any]) -> FrameRecord:
    """Makes the record of `frame` from the packets' `values`, by stream name; a stream may be missing.

    Landmarks are `NormalizedLandmarks`, or a list of them, a face each. Where the graph puts out no scores
    or regions, those are NaN and the track ids 0.

    Raises TypeError for landmarks of another type.
    """
    landmarks = values.get(ports.landmarks) if ports.landmarks else None
    result = None
    if landmarks is not None:
        points = _all_faces(landmarks, ports.landmarks)
        faces = len(points)
        rois = values.get(ports.rois) if ports.rois else None
        scores = values.get(ports.scores) if ports.scores else None
        result = FaceLandmarkerResult.from_normalized(
            points,
            NormalizedRects(np.full((faces, 5), np.nan, np.float32)) if rois is None else rois,
            np.full(faces, np.nan, np.float32) if scores is None else scores,
            frame.timestamp_us,
            frame.size,
        )
    image = values.get(ports.image) if ports.image else None
    return FrameRecord(frame.index, frame.name, frame.timestamp_us, image, result)


def _all_faces(value: Any, stream: str | None) -> NormalizedLandmarks:
    if isinstance(value, NormalizedLandmarks):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(face, NormalizedLandmarks) for face in value):
        if not value:
            return NormalizedLandmarks.empty()
        return NormalizedLandmarks(np.concatenate([face.points for face in value]))
    raise TypeError(
        f"output stream {stream} holds {type(value).__name__}; expected NormalizedLandmarks or a list of them"
    )

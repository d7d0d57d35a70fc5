"""Makes the record of a frame from the packets that a graph put out at its timestamp."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attention_mesh.cli.errors import OutputError
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.media.frame import Frame
from attention_mesh.python_bindings.landmarker.face_landmarker_result import (
    EXPRESSION_SHAPES,
    FaceLandmarkerResult,
)

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph


def graph_record(
    ports: GraphPorts,
    frame: Frame,
    values: dict[str, Any],
    expression: FaceExpressionGraph | None = None,
) -> FrameRecord:
    """Makes the record of a frame.

    Landmarks are `NormalizedLandmarks`, or a list of them with one face each. Regions are `NormalizedRects`
    and scores an array, one per face. The picture is (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8. If
    the graph puts out no scores or regions, those are NaN and the track ids 0.
    What the faces do is an array with an entry per face.

    Args:
      ports: the graph's streams.
      frame: the frame that went in.
      values: values of the packets by stream name; a stream may be missing.
      expression: measures what the faces do and the graph does not put out.

    Raises:
      OutputError: a value is something else; the text names the stream, the time and what would be right.
      GraphError: `expression` cannot measure these landmarks.
    """
    landmarks = values.get(ports.landmarks) if ports.landmarks else None
    result = None
    if landmarks is not None:
        points = _all_faces(landmarks)
        if points is None:
            raise _wrong(ports.landmarks, frame, landmarks, "NormalizedLandmarks or a list of them")
        faces = len(points)
        rois = values.get(ports.rois) if ports.rois else None
        if rois is not None and not (isinstance(rois, NormalizedRects) and len(rois) == faces):
            raise _wrong(ports.rois, frame, rois, f"NormalizedRects of {faces} faces, as the landmarks have")
        scores = values.get(ports.scores) if ports.scores else None
        if scores is not None and not (isinstance(scores, np.ndarray) and scores.shape == (faces,)):
            raise _wrong(
                ports.scores, frame, scores, f"an array ({faces},), as the landmarks have {faces} faces"
            )
        regions = NormalizedRects(np.full((faces, 5), np.nan, np.float32)) if rois is None else rois
        more = {
            name: _of_faces(name, stream, frame, values.get(stream), faces)
            for name, stream in ports.expression.items()
        }
        if expression is not None:
            tracked = regions if rois is not None else replace(regions, ids=np.arange(1, faces + 1))
            more |= expression.run(frame.timestamp_us, points, tracked, frame.size)
        result = FaceLandmarkerResult.from_normalized(
            points,
            regions,
            np.full(faces, np.nan, np.float32) if scores is None else scores,
            frame.timestamp_us,
            frame.size,
            more,
        )
    image = values.get(ports.image) if ports.image else None
    if image is not None and not _is_picture(image):
        raise _wrong(ports.image, frame, image, "(H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA uint8")
    own = {stream: values[stream] for stream in ports.values if stream in values}
    array = frame.image if isinstance(frame.image, np.ndarray) else None
    return FrameRecord(frame.index, frame.name, frame.timestamp_us, image, result, frame.size, array, own)


def _all_faces(value: Any) -> NormalizedLandmarks | None:
    """The landmarks of all faces; None if the value holds something else."""
    if isinstance(value, NormalizedLandmarks):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(face, NormalizedLandmarks) for face in value):
        if not value:
            return NormalizedLandmarks.empty()
        return NormalizedLandmarks(np.concatenate([face.points for face in value]))
    return None


def _of_faces(name: str, stream: str, frame: Frame, value: Any, faces: int) -> np.ndarray:
    """The value of an output that says what each face does."""
    shape = (faces, *EXPRESSION_SHAPES[name])
    if value is None and faces == 0:
        return np.zeros(shape, np.float32)
    if not (isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == shape):
        raise _wrong(stream, frame, value, f"floats {shape}, as the landmarks have {faces} faces")
    return np.asarray(value, np.float32).view()  # the result makes it read-only, not the packet


def _is_picture(value: Any) -> bool:
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.size == 0:
        return False
    return value.ndim == 2 or (value.ndim == 3 and value.shape[2] in (1, 3, 4))


def _wrong(stream: str | None, frame: Frame, value: Any, right: str) -> OutputError:
    found = "nothing" if value is None else type(value).__name__
    if isinstance(value, np.ndarray):
        found = f"an array {value.shape} {value.dtype}"
    elif isinstance(value, NormalizedRects):
        found = f"{len(value)} NormalizedRects"
    return OutputError(f'output stream "{stream}" holds {found} at {frame.timestamp_us} µs; expected {right}')

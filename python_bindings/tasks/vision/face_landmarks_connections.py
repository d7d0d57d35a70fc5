"""FaceLandmarksConnections: the lines of the mesh, in the shape of MediaPipe Tasks."""

from __future__ import annotations

from dataclasses import dataclass

from attention_mesh.models.topology.face_topology import CONTOURS, FaceTopology


@dataclass
class _Connection:
    """A line between two landmarks, by index."""

    start: int
    end: int


def _lines(*names: str) -> list[_Connection]:
    tables = FaceTopology.load().lines
    return [_Connection(start, end) for name in names for start, end in tables[name].tolist()]


class FaceLandmarksConnections:
    """The lines of the mesh as lists of `Connection`; left and right are the subject's."""

    Connection = _Connection

    FACE_LANDMARKS_LIPS = _lines("LIPS")
    FACE_LANDMARKS_LEFT_EYE = _lines("LEFT_EYE")
    FACE_LANDMARKS_LEFT_EYEBROW = _lines("LEFT_EYEBROW")
    FACE_LANDMARKS_LEFT_IRIS = _lines("LEFT_IRIS")
    FACE_LANDMARKS_RIGHT_EYE = _lines("RIGHT_EYE")
    FACE_LANDMARKS_RIGHT_EYEBROW = _lines("RIGHT_EYEBROW")
    FACE_LANDMARKS_RIGHT_IRIS = _lines("RIGHT_IRIS")
    FACE_LANDMARKS_FACE_OVAL = _lines("FACE_OVAL")
    FACE_LANDMARKS_NOSE = _lines("NOSE")
    FACE_LANDMARKS_CONTOURS = _lines(*CONTOURS)
    FACE_LANDMARKS_TESSELATION = _lines("TESSELATION")

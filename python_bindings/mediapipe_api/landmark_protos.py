"""Landmark arrays to `NormalizedLandmarkList` messages and back, by their wire bytes.

Setting 478 landmarks field by field takes a millisecond in Python. A landmark with x, y and z always has
the same 17 bytes on the wire but for the values of its three floats, so that an array laid over the bytes of
a list writes all of them at once, and protobuf parses it: some twenty microseconds.
"""

from collections.abc import Sequence

import numpy as np

from attention_mesh.framework.formats import landmark_pb2
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

# One `landmark` entry of the list: field 1, 15 bytes long; in it fields 1, 2, 3 as 32-bit floats, here 0.
_LANDMARK = b"\x0a\x0f\x0d\0\0\0\0\x15\0\0\0\0\x1d\0\0\0\0"
_FIRST_FLOAT, _NEXT_FLOAT = 3, 5


class LandmarkListWriter:
    """`landmark_lists` for frame after frame: the bytes that it writes over are made once, not in each call.

    One thread at a time may use it. The messages are the caller's.
    """

    def __init__(self) -> None:
        self._wire = bytearray()
        self._places = np.empty((0, 3), np.float32)

    def write(self, points: np.ndarray) -> list[landmark_pb2.NormalizedLandmarkList]:
        """points: (F, N, 3) float32 → F messages, as `landmark_lists`; N may change from call to call."""
        if points.shape[1] != len(self._places):
            self._wire = bytearray(_LANDMARK * points.shape[1])
            self._places = _floats(self._wire)
        parse = landmark_pb2.NormalizedLandmarkList.FromString
        lists = []
        for face in points:
            self._places[...] = face
            lists.append(parse(bytes(self._wire)))
        return lists


def landmark_lists(points: np.ndarray) -> list[landmark_pb2.NormalizedLandmarkList]:
    """One message a face.

    Args:
      points: (F, N, 3) float32; x and y as fractions of the frame, z on x's scale.

    Returns:
      F messages with N landmarks each; x, y, z set, visibility and presence not.
    """
    return LandmarkListWriter().write(points)


def _floats(wire: bytearray) -> np.ndarray:
    """(N, 3) float32 that lies over the x, y and z in the bytes of N landmarks."""
    size = len(_LANDMARK)
    return np.ndarray((len(wire) // size, 3), "<f4", wire, _FIRST_FLOAT, (size, _NEXT_FLOAT))


def read_landmarks(landmark_list: landmark_pb2.NormalizedLandmarkList) -> tuple[np.ndarray, np.ndarray]:
    """The contents of one list message; fast where its landmarks have x, y and z and nothing else.

    Returns:
      points: (N, 3) float64, the values unchanged, 0 where unset.
      confidences: (N, 2) float64, visibility and presence, NaN where unset.
    """
    landmarks = landmark_list.landmark
    count = len(landmarks)
    wire = bytearray(landmark_list.SerializePartialToString())
    if count and len(wire) == count * len(_LANDMARK):
        floats = _floats(wire)
        points = floats.astype(np.float64)
        floats[...] = 0
        if wire == _LANDMARK * count:
            return points, np.full((count, 2), np.nan)
    points = np.array([(point.x, point.y, point.z) for point in landmarks], np.float64)
    confidences = [
        [getattr(point, name) if point.HasField(name) else np.nan for name in ("visibility", "presence")]
        for point in landmarks
    ]
    return points.reshape(count, 3), np.array(confidences, np.float64).reshape(count, 2)


def read_landmark_lists(lists: Sequence[landmark_pb2.NormalizedLandmarkList]) -> NormalizedLandmarks:
    """The contents of such messages, one face each, in their order; visibility and presence are dropped.

    Raises ValueError where the faces differ in their number of landmarks.
    """
    faces = [read_landmarks(landmark_list)[0] for landmark_list in lists]
    counts = {len(points) for points in faces}
    if len(counts) > 1:
        raise ValueError(f"the faces have {sorted(counts)} landmarks; all must have as many")
    return NormalizedLandmarks(np.stack(faces)) if faces else NormalizedLandmarks.empty()

"""Landmark arrays to `NormalizedLandmarkList` messages and back, by their wire bytes.

Setting 478 landmarks field by field takes a millisecond in Python. A landmark with x, y and z always has
the same 17 bytes of structure on the wire, so a record array writes a whole list at once and protobuf
parses it: some tens of microseconds.
"""

import functools
from collections.abc import Sequence

import numpy as np

from attention_mesh.framework.formats import landmark_pb2
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

# One `landmark` entry of the list: field 1, 15 bytes long; in it fields 1, 2, 3 as 32-bit floats.
_RECORD = np.dtype(
    [
        ("head", "V2"),
        ("x_tag", "u1"),
        ("x", "<f4"),
        ("y_tag", "u1"),
        ("y", "<f4"),
        ("z_tag", "u1"),
        ("z", "<f4"),
    ]
)
_TAGS = {"head": np.void(b"\x0a\x0f"), "x_tag": 0x0D, "y_tag": 0x15, "z_tag": 0x1D}


def landmark_lists(points: np.ndarray) -> list[landmark_pb2.NormalizedLandmarkList]:
    """One message a face.

    Args:
      points: (F, N, 3) float32; x and y as fractions of the frame, z on x's scale.

    Returns:
      F messages with N landmarks each; x, y, z set, visibility and presence not.
    """
    parse = landmark_pb2.NormalizedLandmarkList.FromString
    lists = []
    for face in points:
        records = _template(len(face)).copy()
        for axis, name in enumerate("xyz"):
            records[name] = face[:, axis]
        lists.append(parse(records.tobytes()))
    return lists


@functools.cache
def _template(count: int) -> np.ndarray:
    """(count,) records with their tags set, to be copied and filled."""
    records = np.zeros(count, _RECORD)
    for name, value in _TAGS.items():
        records[name] = value
    return records


def read_landmarks(landmark_list: landmark_pb2.NormalizedLandmarkList) -> tuple[np.ndarray, np.ndarray]:
    """The contents of one list message; fast where its landmarks have x, y and z and nothing else.

    Returns:
      points: (N, 3) float64, the values unchanged, 0 where unset.
      confidences: (N, 2) float64, visibility and presence, NaN where unset.
    """
    landmarks = landmark_list.landmark
    count = len(landmarks)
    wire = landmark_list.SerializePartialToString()
    if len(wire) == count * _RECORD.itemsize:
        records = np.frombuffer(wire, _RECORD)
        if all((records[name] == value).all() for name, value in _TAGS.items()):
            points = np.stack([records[name] for name in "xyz"], axis=1).astype(np.float64)
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

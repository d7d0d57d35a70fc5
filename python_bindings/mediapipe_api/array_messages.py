"""Array messages: our arrays of landmarks, detections and rectangles as MediaPipe's messages, and back.

Landmarks go by their wire bytes: setting 478 landmarks field by field takes a millisecond in Python. A
landmark with x, y and z always has the same 17 bytes on the wire except for the values of its three floats.
An array laid over the bytes of a list writes all of them at once, and protobuf parses it, in some twenty
microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from attention_mesh.framework.formats import detection_pb2, landmark_pb2, location_data_pb2, rect_pb2
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import RECT_FIELDS, NormalizedRects

# One `landmark` entry of the list: field 1, 15 bytes long; in it fields 1, 2, 3 as 32-bit floats, here 0.
_LANDMARK = b"\x0a\x0f\x0d\0\0\0\0\x15\0\0\0\0\x1d\0\0\0\0"
_FIRST_FLOAT, _NEXT_FLOAT = 3, 5
_NO_LABEL = -1
"""The class of a detection whose message names none."""
_RECT_FIELDS = (*RECT_FIELDS[:4], "rotation")  # as the message calls them


class LandmarkListWriter:
    """Writes landmark lists for many frames: it makes the bytes that it writes over once, not in each call.

    One thread at a time may use it. The messages belong to the caller.
    """

    def __init__(self) -> None:
        self._wire = bytearray()
        self._places = np.empty((0, 3), np.float32)

    def write(self, points: np.ndarray) -> list[landmark_pb2.NormalizedLandmarkList]:
        """Writes one message per face.

        Args:
          points: (F, N, 3) float32, as for `landmark_lists`; N may differ between calls.

        Returns:
          F messages with N landmarks each.
        """
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
    """Writes one message per face.

    Args:
      points: (F, N, 3) float32; x and y as fractions of the frame, z on x's scale.

    Returns:
      F messages with N landmarks each; x, y and z are set, visibility and presence are not.
    """
    return LandmarkListWriter().write(points)


def _floats(wire: bytearray) -> np.ndarray:
    """Returns (N, 3) float32, a view of x, y and z in the bytes of N landmarks."""
    size = len(_LANDMARK)
    return np.ndarray((len(wire) // size, 3), "<f4", wire, _FIRST_FLOAT, (size, _NEXT_FLOAT))


def read_landmarks(landmark_list: landmark_pb2.NormalizedLandmarkList) -> tuple[np.ndarray, np.ndarray]:
    """Reads one list message; fast if its landmarks have x, y and z and nothing else.

    Returns:
      points: (N, 3) float64, the values unchanged; 0 for unset ones.
      confidences: (N, 2) float64, visibility and presence; NaN for unset ones.
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
    """Reads one face per message, in their order, without visibility and presence.

    Raises:
      ValueError: the faces differ in their number of landmarks.
    """
    faces = [read_landmarks(landmark_list)[0] for landmark_list in lists]
    counts = {len(points) for points in faces}
    if len(counts) > 1:
        raise ValueError(f"the faces have {sorted(counts)} landmarks; all must have as many")
    return NormalizedLandmarks(np.stack(faces)) if faces else NormalizedLandmarks.empty()


def detection_messages(detections: Detections) -> list[detection_pb2.Detection]:
    """Writes one message per detection, in their order.

    A message has score, class, name and id, if the detections have them, and box and keypoints relative to
    the image. Without class numbers the class is 0. A box that is not finite is left out.
    """
    count = len(detections)
    label_ids = [0] * count if detections.label_ids is None else detections.label_ids.tolist()
    labels = detections.labels or ("",) * count
    ids = [None] * count if detections.ids is None else detections.ids.tolist()
    arrays = (detections.boxes.tolist(), detections.keypoints.tolist(), detections.scores.tolist())
    messages = []
    for box, keypoints, score, label_id, label, detection_id in zip(
        *arrays, label_ids, labels, ids, strict=True
    ):
        message = detection_pb2.Detection(score=[score])
        if label_id != _NO_LABEL:
            message.label_id.append(label_id)
        if label:
            message.label.append(label)
        if detection_id is not None:
            message.detection_id = detection_id
        if math.isfinite(sum(box)):
            _set_location(message.location_data, box, keypoints)
        messages.append(message)
    return messages


def _set_location(location: location_data_pb2.LocationData, box: list[float], keypoints: list) -> None:
    location.format = location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
    xmin, ymin, width, height = box
    location.relative_bounding_box.MergeFrom(
        location_data_pb2.LocationData.RelativeBoundingBox(xmin=xmin, ymin=ymin, width=width, height=height)
    )
    for x, y in keypoints:
        location.relative_keypoints.add(x=x, y=y)


def read_detections(messages: Sequence[detection_pb2.Detection]) -> Detections:
    """Reads one detection per message, in their order.

    The first of several scores or classes counts. A missing score is 0, a missing class is -1, and a missing
    location is a box of NaN.

    Raises:
      ValueError: a location is not relative to the image, or the messages differ in their number of
        keypoints.
    """
    boxes, keypoints = [], []
    for index, message in enumerate(messages):
        box, points = _read_location(index, message)
        boxes.append(box)
        keypoints.append(points)
    counts = {len(points) for points in keypoints}
    if len(counts) > 1:
        raise ValueError(f"the detections have {sorted(counts)} keypoints; all must have as many")
    labels = tuple(message.label[0] if message.label else "" for message in messages)
    has_ids = any(message.HasField("detection_id") for message in messages)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(keypoints, np.float32).reshape(len(boxes), *counts or (0,), 2),
        np.array([message.score[0] if message.score else 0.0 for message in messages], np.float32),
        np.array([message.label_id[0] if message.label_id else _NO_LABEL for message in messages], np.int64),
        labels if any(labels) else None,
        np.array([message.detection_id for message in messages], np.int64) if has_ids else None,
    )


def _read_location(index: int, message: detection_pb2.Detection) -> tuple[tuple, list]:
    if not message.HasField("location_data"):
        return (math.nan,) * 4, []
    location = message.location_data
    if location.format != location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX:
        name = location_data_pb2.LocationData.Format.Name(location.format)
        raise ValueError(
            f"detection {index}: its location has the format {name}; calculators read RELATIVE_BOUNDING_BOX"
        )
    box = location.relative_bounding_box
    points = [(point.x, point.y) for point in location.relative_keypoints]
    return (box.xmin, box.ymin, box.width, box.height), points


def rect_messages(rects: NormalizedRects) -> list[rect_pb2.NormalizedRect]:
    """Writes one message per rectangle, in their order; rect_id is set only for a track."""
    messages = []
    for values, rect_id in zip(rects.values.tolist(), rects.ids.tolist(), strict=True):
        message = rect_pb2.NormalizedRect(**dict(zip(_RECT_FIELDS, values, strict=True)))
        if rect_id:
            message.rect_id = rect_id
        messages.append(message)
    return messages


def read_rects(messages: Sequence[rect_pb2.NormalizedRect]) -> NormalizedRects:
    """Reads one rectangle per message, in their order."""
    values = [[getattr(message, field) for field in _RECT_FIELDS] for message in messages]
    return NormalizedRects(
        np.array(values, np.float32).reshape(-1, len(_RECT_FIELDS)),
        np.array([message.rect_id for message in messages], np.int64),
    )

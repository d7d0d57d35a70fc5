"""Packet payloads: the values of programs' packets, converted to the values of streams and back.

Streams carry arrays: an image is an ndarray, and one value with a leading axis holds all detections,
rectangles or landmarks of a frame. The packets of programs carry images as objects and the rest as protobuf
messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from attention_mesh.framework.port_types import plain_type
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api.array_messages import (
    detection_messages,
    landmark_lists,
    read_detections,
    read_landmark_lists,
    read_rects,
    rect_messages,
)
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels

_LISTS = {
    "mediapipe.DetectionList": "detection",
    "mediapipe.NormalizedLandmarkListCollection": "landmark_list",
}
"""Messages that hold entries of one kind, and the field that holds them."""

_READERS: dict[type, tuple[str, Callable[[list], Any]]] = {
    Detections: ("mediapipe.Detection", read_detections),
    NormalizedRects: ("mediapipe.NormalizedRect", read_rects),
    NormalizedLandmarks: ("mediapipe.NormalizedLandmarkList", read_landmark_lists),
}
_WRITERS: dict[type, Callable[[Any], list]] = {
    Detections: detection_messages,
    NormalizedRects: rect_messages,
    NormalizedLandmarks: lambda landmarks: landmark_lists(landmarks.points),
}


def stream_value(payload: Any, wanted: Any) -> Any:
    """Converts a packet's payload to the value that goes into a graph.

    Args:
      payload: of a packet. Images become arrays, also in lists.
      wanted: the type that readers of the stream declare. If it is one of our array types, then messages
        become such an array.

    Raises:
      ValueError: the contents of a message do not fit into the array.
    """
    if isinstance(payload, ImagePixels):
        return payload.numpy_view()
    if isinstance(payload, list) and any(isinstance(item, ImagePixels) for item in payload):
        return [item.numpy_view() for item in payload]
    if wanted is not None and plain_type(wanted) in _READERS:
        kind, read = _READERS[plain_type(wanted)]
        entries = _entries(payload)
        if entries is not None and all(entry.DESCRIPTOR.full_name == kind for entry in entries):
            return read(entries)
    return payload


def proto_entries(value: Any) -> list[Message] | None:
    """Returns the messages of a stream's value, one per detection, rectangle or face; None if it has none."""
    if type(value) in _WRITERS:
        return _WRITERS[type(value)](value)
    if isinstance(value, list) and all(isinstance(item, Message) for item in value):
        return [copied(item) for item in value]
    if isinstance(value, list) and all(type(item) in _WRITERS for item in value):
        return [message for item in value for message in _WRITERS[type(item)](item)]
    return None


def _entries(payload: Any) -> list[Message] | None:
    """Returns the entries of a message, or of a list of messages; None for any other payload."""
    messages = payload if isinstance(payload, list) else [payload]
    entries: list[Message] = []
    for message in messages:
        if not isinstance(message, Message):
            return None
        field = _LISTS.get(message.DESCRIPTOR.full_name)
        entries.extend([message] if field is None else getattr(message, field))
    return entries


def copied(message: Message) -> Message:
    """Returns another message of the same type and contents."""
    copy = type(message)()
    copy.CopyFrom(message)
    return copy

"""Packet getter: functions that read the values of packets from `packet_creator` or from a graph.

A getter refuses a packet of another type, with ValueError. The type of a packet from a graph is known by its
Python value only, so that `get_int` and `get_uint` both read an int, and `get_image` and `get_image_frame`
both read an image.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from google.protobuf.message import Message

from attention_mesh.framework.formats import detection_pb2
from attention_mesh.python_bindings.mediapipe_api import packet_types as types
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels
from attention_mesh.python_bindings.mediapipe_api.packet import Packet
from attention_mesh.python_bindings.mediapipe_api.packet_payloads import copied, proto_entries

_Image = TypeVar("_Image", bound=ImagePixels)


def get_str(packet: Packet) -> str:
    """A text. Raises UnicodeDecodeError if its bytes are not UTF-8."""
    value = _value(packet, types.STRING, (str, bytes))
    return value.decode() if isinstance(value, bytes) else value


def get_bytes(packet: Packet) -> bytes:
    """Bytes; a text gives its bytes in UTF-8."""
    value = _value(packet, types.STRING, (str, bytes))
    return value.encode() if isinstance(value, str) else value


def get_bool(packet: Packet) -> bool:
    return bool(_value(packet, types.BOOL, (bool, np.bool_)))


def get_int(packet: Packet) -> int:
    """A signed integer of any size."""
    if _is_int(packet.value) and packet.known_type in ("", *types.SIGNED_INTS):
        return int(packet.value)
    raise ValueError(f"Packet doesn't contain int, int8, int16, int32, or int64 data: {packet}")


def get_uint(packet: Packet) -> int:
    """An unsigned integer of any size."""
    if _is_int(packet.value) and packet.value >= 0 and packet.known_type in ("", *types.UNSIGNED_INTS):
        return int(packet.value)
    raise ValueError(f"Packet doesn't contain uint8, uint16, uint32, or uint64 data: {packet}")


def get_float(packet: Packet) -> float:
    """A number of 32 or 64 bits."""
    if isinstance(packet.value, (float, np.floating)) and packet.known_type in ("", *types.FLOATS):
        return float(packet.value)
    raise ValueError(f"Packet doesn't contain float or double data: {packet}")


def get_int_list(packet: Packet) -> list[int]:
    items = _list(packet)
    if items is not None and all(map(_is_int, items)) and packet.known_type in ("", types.INT_VECTOR):
        return [int(item) for item in items]
    raise ValueError(f"Packet doesn't contain int, int8, int16, int32, or int64 containers: {packet}")


def get_bool_list(packet: Packet) -> list[bool]:
    return [bool(item) for item in _items(packet, types.BOOL_VECTOR, (bool, np.bool_))]


def get_float_list(packet: Packet) -> list[float]:
    items = _list(packet)
    if (
        items is not None
        and all(isinstance(item, (float, np.floating)) for item in items)
        and packet.known_type in ("", types.FLOAT_VECTOR)
    ):
        return [float(item) for item in items]
    raise ValueError(f"Packet doesn't contain float or double containers: {packet}")


def get_str_list(packet: Packet) -> list[str]:
    items = _items(packet, types.STRING_VECTOR, (str, bytes))
    return [item.decode() if isinstance(item, bytes) else item for item in items]


def get_image_list(packet: Packet) -> list[Image]:
    items = _items(packet, types.IMAGE_VECTOR, (Image, np.ndarray))
    return [_image(item, Image) for item in items]


def get_packet_list(packet: Packet) -> list[Packet]:
    return list(_items(packet, types.PACKET_VECTOR, Packet))


def get_str_to_packet_dict(packet: Packet) -> dict[str, Packet]:
    return dict(_value(packet, types.PACKET_MAP, dict))


def get_image(packet: Packet) -> Image:
    return _image(_value(packet, types.IMAGE, (Image, np.ndarray)), Image)


def get_image_frame(packet: Packet) -> ImageFrame:
    return _image(_value(packet, types.IMAGE_FRAME, (ImageFrame, np.ndarray)), ImageFrame)


def get_matrix(packet: Packet) -> np.ndarray:
    """(R, C) float32, a copy; a graph's (R,) becomes one column."""
    values = np.array(_value(packet, types.MATRIX, np.ndarray), np.float32)
    return values.reshape(len(values), -1) if values.ndim < 2 else values


def get_proto(packet: Packet) -> Message:
    """A copy of the message; for a graph's array, the message of its one detection, rectangle or face.

    Raises:
      ValueError: it is anything else, or an array of none or several: `get_proto_list` reads these.
    """
    value = packet.value
    if isinstance(value, Message):
        return copied(value)
    messages = None if isinstance(value, list) else proto_entries(value)
    if messages is None:
        raise ValueError(f"{_describe(packet)}, but a protobuf message was requested.")
    if packet.known_type == types.DETECTION_LIST:
        detections = [message for message in messages if isinstance(message, detection_pb2.Detection)]
        return detection_pb2.DetectionList(detection=detections)
    if len(messages) != 1:
        raise ValueError(
            f"{_describe(packet)} with {len(messages)} entries, but one message was requested; "
            "get_proto_list returns all"
        )
    return messages[0]


def get_proto_list(packet: Packet) -> list[Message]:
    """Copies of the messages; for a graph's array, one per detection, rectangle or face.

    Raises:
      ValueError: the packet holds anything else.
      RuntimeError: the packet is empty.
    """
    if packet.is_empty():
        raise RuntimeError("Packet is empty.")
    messages = proto_entries(packet.value)
    if messages is None:
        raise ValueError(f"{_describe(packet)}, which is no list of protobuf messages.")
    return messages


def _value(packet: Packet, wanted: str, kinds: type | tuple[type, ...]) -> Any:
    """Returns the payload. Raises RuntimeError if there is none, ValueError if it has another type."""
    if packet.is_empty():
        raise RuntimeError(f"Expected a Packet of type: {wanted}, but received an empty Packet.")
    if packet.known_type not in ("", wanted) or not isinstance(packet.value, kinds):
        raise ValueError(f'{_describe(packet)}, but "{wanted}" was requested.')
    return packet.value


def _items(packet: Packet, wanted: str, kinds: type | tuple[type, ...]) -> list:
    items = _value(packet, wanted, (list, tuple))
    if not all(isinstance(item, kinds) for item in items):
        raise ValueError(f'{_describe(packet)}, but "{wanted}" was requested.')
    return items


def _list(packet: Packet) -> list | None:
    """Returns the items of a list, or of an array with one axis; None for anything else."""
    value = packet.value
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value.tolist()
    return list(value) if isinstance(value, (list, tuple)) else None


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _image(value: ImagePixels | np.ndarray, kind: type[_Image]) -> _Image:
    if isinstance(value, kind):
        return value
    pixels = np.asarray(value)
    return kind._of(np.ascontiguousarray(pixels), ImageFormat.of_array(pixels))


def _describe(packet: Packet) -> str:
    return f'The Packet stores "{packet.type_name}"'

"""Packet types: MediaPipe's names of them, and which name a Python value has."""

from __future__ import annotations

from typing import Any

import numpy as np
from google.protobuf.message import Message

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels

BOOL = "bool"
INT = "int"
FLOAT = "float"
STRING = "string"
SIGNED_INTS = ("int", "signed char", "int16_t", "int32_t", "int64_t")
UNSIGNED_INTS = ("unsigned char", "uint16_t", "uint32_t", "uint64_t")
FLOATS = ("float", "double")
INT_ARRAY = "int []"
FLOAT_ARRAY = "float []"
IMAGE = "::mediapipe::Image"
IMAGE_FRAME = "::mediapipe::ImageFrame"
ANY_IMAGE = f"OneOf<{IMAGE}, {IMAGE_FRAME}>"
MATRIX = "::mediapipe::Matrix"
PACKET_MAP = "::std::map<std::string,::mediapipe::Packet>"
DETECTION_LIST = "::mediapipe::DetectionList"

ELEMENTS: dict[type, str] = {
    Detections: "::mediapipe::Detection",
    NormalizedRects: "::mediapipe::NormalizedRect",
    NormalizedLandmarks: "::mediapipe::NormalizedLandmarkList",
}
"""This package's array types, and MediaPipe's type of one entry."""


def vector_of(type_name: str) -> str:
    return f"::std::vector<{type_name}>"


INT_VECTOR = vector_of("int")
BOOL_VECTOR = vector_of("bool")
FLOAT_VECTOR = vector_of("float")
STRING_VECTOR = vector_of("std::string")
IMAGE_VECTOR = vector_of(IMAGE)
PACKET_VECTOR = vector_of("::mediapipe::Packet")


def name_of_message(message: Message | type[Message]) -> str:
    """Returns the name of a message's type; that of ``mediapipe.Detection`` is ``::mediapipe::Detection``."""
    return "::" + message.DESCRIPTOR.full_name.replace(".", "::")


def name_of_value(value: Any) -> str:
    """Guesses the name from the value alone; the name of its Python class if MediaPipe has none for it."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT if -(2**31) <= value < 2**31 else "int64_t"
    if isinstance(value, float):
        return FLOAT
    if isinstance(value, (str, bytes)):
        return STRING
    if isinstance(value, Message):
        return name_of_message(value)
    if isinstance(value, ImagePixels):
        return f"::mediapipe::{type(value).__name__}"
    if isinstance(value, np.ndarray):
        return MATRIX if value.dtype.kind == "f" else IMAGE_FRAME
    if type(value) in ELEMENTS:
        return vector_of(ELEMENTS[type(value)])
    if isinstance(value, list) and value:
        return vector_of(name_of_value(value[0]))
    return f"{type(value).__module__}.{type(value).__qualname__}"

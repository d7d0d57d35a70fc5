"""Packet creator: functions that make packets of Python values for `CalculatorGraph`.

A packet has the type of its function, whose range its numbers must fit; `create_float` rounds to 32 bits.
Lists, arrays of several values and matrices are copied.
"""

from __future__ import annotations

import numbers
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from google.protobuf.message import Message

from attention_mesh.framework.protos import message_class
from attention_mesh.geometry.image_hints import dtype_hint, object_hint
from attention_mesh.python_bindings.mediapipe_api import packet_types as types
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
from attention_mesh.python_bindings.mediapipe_api.image_pixels import ImagePixels
from attention_mesh.python_bindings.mediapipe_api.packet import Packet

_Item = TypeVar("_Item")


def create_string(data: str | bytes) -> Packet:
    """A text, or bytes; `packet_getter.get_str` and `get_bytes` read either."""
    return Packet.of(_text("create_string", data), types.STRING)


def create_bool(data: bool) -> Packet:
    return Packet.of(_flag("create_bool", data), types.BOOL)


def create_int(data: int) -> Packet:
    """A signed integer of 32 bits; OverflowError for a larger one."""
    return _integer("create_int", types.INT, data, 32, True)


def create_int8(data: int) -> Packet:
    """A signed integer of 8 bits; OverflowError for a larger one."""
    return _integer("create_int8", "signed char", data, 8, True)


def create_int16(data: int) -> Packet:
    """A signed integer of 16 bits; OverflowError for a larger one."""
    return _integer("create_int16", "int16_t", data, 16, True)


def create_int32(data: int) -> Packet:
    """A signed integer of 32 bits; OverflowError for a larger one."""
    return _integer("create_int32", types.INT, data, 32, True)


def create_int64(data: int) -> Packet:
    """A signed integer of 64 bits; OverflowError for a larger one."""
    return _integer("create_int64", "int64_t", data, 64, True)


def create_uint8(data: int) -> Packet:
    """An integer of 8 bits from 0; OverflowError for another one."""
    return _integer("create_uint8", "unsigned char", data, 8, False)


def create_uint16(data: int) -> Packet:
    """An integer of 16 bits from 0; OverflowError for another one."""
    return _integer("create_uint16", "uint16_t", data, 16, False)


def create_uint32(data: int) -> Packet:
    """An integer of 32 bits from 0; OverflowError for another one."""
    return _integer("create_uint32", "uint32_t", data, 32, False)


def create_uint64(data: int) -> Packet:
    """An integer of 64 bits from 0; OverflowError for another one."""
    return _integer("create_uint64", "uint64_t", data, 64, False)


def create_float(data: float) -> Packet:
    """A number, rounded to the nearest of 32 bits."""
    return Packet.of(_single(_real("create_float", data)), types.FLOAT)


def create_double(data: float) -> Packet:
    """A number of 64 bits."""
    return Packet.of(_real("create_double", data), "double")


def create_int_array(data: Iterable[int]) -> Packet:
    """Signed integers of 32 bits; graphs get a list."""
    return Packet.of(_ints("create_int_array", data), types.INT_ARRAY)


def create_float_array(data: Iterable[float]) -> Packet:
    """Numbers, rounded to 32 bits; graphs get a list."""
    return Packet.of(_floats("create_float_array", data), types.FLOAT_ARRAY)


def create_int_vector(data: Iterable[int]) -> Packet:
    """Signed integers of 32 bits."""
    return Packet.of(_ints("create_int_vector", data), types.INT_VECTOR)


def create_bool_vector(data: Iterable[bool]) -> Packet:
    return Packet.of(_list("create_bool_vector", data, _flag), types.BOOL_VECTOR)


def create_float_vector(data: Iterable[float]) -> Packet:
    """Numbers, rounded to 32 bits."""
    return Packet.of(_floats("create_float_vector", data), types.FLOAT_VECTOR)


def create_string_vector(data: Iterable[str | bytes]) -> Packet:
    return Packet.of(_list("create_string_vector", data, _text), types.STRING_VECTOR)


def create_image_vector(data: Iterable[Image]) -> Packet:
    return Packet.of(_list("create_image_vector", data, _instance_of(Image)), types.IMAGE_VECTOR)


def create_packet_vector(data: Iterable[Packet]) -> Packet:
    return Packet.of(_list("create_packet_vector", data, _instance_of(Packet)), types.PACKET_VECTOR)


def create_string_to_packet_map(data: Mapping[str, Packet]) -> Packet:
    if not isinstance(data, Mapping):
        raise TypeError(f"create_string_to_packet_map takes a dict of packets, not {data!r}")
    check = _instance_of(Packet)
    packets = {}
    for name, packet in data.items():
        if not isinstance(name, str):
            raise TypeError(f"create_string_to_packet_map: a key is a str, not {name!r}")
        packets[name] = check("create_string_to_packet_map", packet)
    return Packet.of(packets, types.PACKET_MAP)


def create_matrix(matrix: np.ndarray, transpose: bool = False) -> Packet:
    """A matrix of 32-bit numbers.

    Args:
      matrix: (R, C) real numbers, or (R,) for one column.
      transpose: True transposes the matrix.

    Raises:
      TypeError: it is no such array.
    """
    try:
        values = np.array(matrix, np.float32)
    except (TypeError, ValueError):
        values = None
    if values is None or values.ndim not in (1, 2):
        raise TypeError(f"create_matrix takes an array (R, C) or (R,) of real numbers, not {matrix!r}")
    values = values.reshape(len(values), -1) if values.ndim == 1 else values
    return Packet.of(np.ascontiguousarray(values.T) if transpose else values, types.MATRIX)


def create_image_frame(
    data: ImageFrame | np.ndarray, *, image_format: ImageFormat | None = None, copy: bool | None = None
) -> Packet:
    """An image for graphs that take `ImageFrame`; arguments and errors are those of `create_image`."""
    return _image_packet(ImageFrame, types.IMAGE_FRAME, data, image_format, copy)


def create_image(
    data: Image | np.ndarray, *, image_format: ImageFormat | None = None, copy: bool | None = None
) -> Packet:
    """An image for graphs that take `Image`.

    Args:
      data: an Image, which the packet shares, or an array of pixels.
      image_format: layout of the array's pixels.
      copy: False shares the array, to which nobody may write from then on; True copies it. By default a
        read-only array is shared and any other copied.

    Raises:
      ValueError: `image_format` is missing, or is not the image's; an array to share is not contiguous; or
        `copy` is False with an Image.
      TypeError: the data is neither, or the array's dtype is not the format's.
    """
    return _image_packet(Image, types.IMAGE, data, image_format, copy)


def create_proto(proto_message: Message) -> Packet:
    """A copy of a protobuf message; a message of an installed mediapipe becomes ours of the same name."""
    if not isinstance(proto_message, Message):
        raise TypeError(f"create_proto takes a protobuf message, not {proto_message!r}")
    try:
        own_class = message_class(proto_message.DESCRIPTOR.full_name)
    except KeyError:
        own_class = type(proto_message)
    copied = own_class()
    copied.MergeFromString(proto_message.SerializePartialToString())
    return Packet.of(copied, types.name_of_message(proto_message))


def create_proto_vector(message_list: list[Message]) -> Packet:
    """Messages of one type. (MediaPipe 0.10.21 raises NotImplementedError here.)"""
    packets = [create_proto(message) for message in message_list]
    kinds = {packet.type_name for packet in packets}
    if len(kinds) > 1:
        raise TypeError(f"create_proto_vector takes messages of one type, not of {', '.join(sorted(kinds))}")
    return Packet.of([packet.value for packet in packets], types.vector_of(kinds.pop()) if kinds else "")


def _image_packet(
    kind: type[ImagePixels], type_name: str, data: Any, image_format: ImageFormat | None, copy: bool | None
) -> Packet:
    if isinstance(data, kind):
        if image_format is not None and data.image_format != image_format:
            raise ValueError("The provided image_format doesn't match the one from the data arg.")
        if copy is not None and not copy:
            raise ValueError(f"An {kind.__name__} never changes, and its packet shares it: leave `copy` out.")
        return Packet.of(data, type_name)
    if image_format is None:
        raise ValueError("Please provide 'image_format' with 'data'.")
    if not isinstance(data, np.ndarray):
        raise TypeError(
            f"data is an {kind.__name__} or a numpy array, not {type(data).__name__}. {object_hint(data)}"
        )
    if data.dtype != image_format.dtype:
        hint = f". {dtype_hint(data)}" if image_format.dtype == np.uint8 else ""
        raise TypeError(
            f"Cannot cast array data from {data.dtype!r} to {image_format.dtype!r}, "
            f"which {image_format.name} has{hint}"
        )
    if data.flags.writeable if copy is None else copy:
        return Packet.of(kind(image_format, data), type_name)
    if not data.flags.c_contiguous:
        raise ValueError("Reference mode is unavailable if 'data' is not c_contiguous.")
    if data.flags.writeable:
        warnings.warn("'data' is shared with a packet while it is still writeable.", RuntimeWarning, 3)
    return Packet.of(kind._of(data, image_format), type_name)


def _integer(name: str, type_name: str, data: int, bits: int, signed: bool) -> Packet:
    return Packet.of(_checked_integer(name, data, bits, signed), type_name)


def _checked_integer(name: str, data: int, bits: int, signed: bool) -> int:
    try:
        value = operator.index(data)
    except TypeError:
        raise TypeError(f"{name} takes an int, not {data!r}") from None
    lowest = -(2 ** (bits - 1)) if signed else 0
    highest = 2 ** (bits - signed) - 1
    if value > highest:  # "execeeds": MediaPipe's spelling, which programs may look for
        raise OverflowError(f"{value} execeeds the maximum value ({highest}) the data type can have.")
    if value < lowest:
        raise OverflowError(f"{value} goes below the minimum value ({lowest}) the data type can have.")
    return value


def _ints(name: str, data: Iterable[int]) -> list[int]:
    return _list(name, data, lambda name, item: _checked_integer(name, item, 32, True))


def _floats(name: str, data: Iterable[float]) -> list[float]:
    return _list(name, data, lambda name, item: _single(_real(name, item)))


def _list(name: str, data: Iterable, check: Callable[[str, Any], _Item]) -> list[_Item]:
    if isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        raise TypeError(f"{name} takes a list, not {data!r}")
    return [check(name, item) for item in data]


def _text(name: str, data: Any) -> str | bytes:
    if not isinstance(data, (str, bytes)):
        raise TypeError(f"{name} takes str or bytes, not {data!r}")
    return data


def _flag(name: str, data: Any) -> bool:
    if not isinstance(data, (bool, np.bool_)):
        raise TypeError(f"{name} takes True or False, not {data!r}")
    return bool(data)


def _real(name: str, data: Any) -> float:
    if not isinstance(data, (numbers.Real, np.floating, np.integer)):
        raise TypeError(f"{name} takes a number, not {data!r}")
    return float(data)


def _single(value: float) -> float:
    with np.errstate(over="ignore"):  # a number too large for 32 bits becomes infinite
        return float(np.float32(value))


def _instance_of(kind: type[_Item]) -> Callable[[str, Any], _Item]:
    def check(name: str, item: Any) -> _Item:
        if not isinstance(item, kind):
            raise TypeError(f"{name} takes {kind.__name__} objects, not {item!r}")
        return item

    return check

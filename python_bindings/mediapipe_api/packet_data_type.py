"""PacketDataType: the kinds of packets that `SolutionBase` converts from and to Python values."""

from __future__ import annotations

import enum
import re

from google.protobuf.message import Message

from attention_mesh.framework.protos import message_class
from attention_mesh.python_bindings.mediapipe_api import packet_types as types

_VECTOR = re.compile(r"::std::vector<(.+)>")
_ONE_OF = re.compile(r"OneOf<(.+)>")


@enum.unique
class PacketDataType(enum.Enum):
    """The values are the names of the functions in `packet_creator` and `packet_getter`."""

    STRING = "string"
    BOOL = "bool"
    BOOL_LIST = "bool_list"
    INT = "int"
    INT_LIST = "int_list"
    FLOAT = "float"
    FLOAT_LIST = "float_list"
    AUDIO = "matrix"
    IMAGE = "image"
    IMAGE_LIST = "image_list"
    IMAGE_FRAME = "image_frame"
    PROTO = "proto"
    PROTO_LIST = "proto_list"

    @staticmethod
    def from_registered_name(registered_name: str) -> PacketDataType:
        """Returns the kind of a type by MediaPipe's name; for ``OneOf<A, B>`` that of the first that has one.

        Raises:
          KeyError: no kind stands for the type.
        """
        one_of = _ONE_OF.fullmatch(registered_name)
        for name in one_of[1].split(",") if one_of else [registered_name]:
            found = _kind(name.strip())
            if found is not None:
                return found
        raise KeyError(registered_name)


_KINDS = {
    types.STRING: PacketDataType.STRING,
    types.BOOL: PacketDataType.BOOL,
    types.BOOL_VECTOR: PacketDataType.BOOL_LIST,
    types.INT: PacketDataType.INT,
    "int64": PacketDataType.INT,
    "int64_t": PacketDataType.INT,
    types.INT_VECTOR: PacketDataType.INT_LIST,
    types.vector_of("int64"): PacketDataType.INT_LIST,
    types.vector_of("int64_t"): PacketDataType.INT_LIST,
    types.FLOAT: PacketDataType.FLOAT,
    types.FLOAT_VECTOR: PacketDataType.FLOAT_LIST,
    types.MATRIX: PacketDataType.AUDIO,
    types.IMAGE: PacketDataType.IMAGE,
    types.IMAGE_FRAME: PacketDataType.IMAGE_FRAME,
    types.IMAGE_VECTOR: PacketDataType.IMAGE_LIST,
}


def _kind(name: str) -> PacketDataType | None:
    if name in _KINDS:
        return _KINDS[name]
    vector = _VECTOR.fullmatch(name)
    if _message(vector[1] if vector else name) is None:
        return None
    return PacketDataType.PROTO_LIST if vector else PacketDataType.PROTO


def _message(name: str) -> type[Message] | None:
    """Returns the message class of a type's name, ``::mediapipe::Detection``."""
    try:
        return message_class(name.removeprefix("::").replace("::", "."))
    except KeyError:
        return None

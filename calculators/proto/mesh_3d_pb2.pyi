from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Mesh3d(_message.Message):
    __slots__ = ("vertex_type", "primitive_type", "vertex_buffer", "index_buffer")
    class VertexType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERTEX_PT: _ClassVar[Mesh3d.VertexType]
    VERTEX_PT: Mesh3d.VertexType
    class PrimitiveType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TRIANGLE: _ClassVar[Mesh3d.PrimitiveType]
    TRIANGLE: Mesh3d.PrimitiveType
    VERTEX_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIMITIVE_TYPE_FIELD_NUMBER: _ClassVar[int]
    VERTEX_BUFFER_FIELD_NUMBER: _ClassVar[int]
    INDEX_BUFFER_FIELD_NUMBER: _ClassVar[int]
    vertex_type: Mesh3d.VertexType
    primitive_type: Mesh3d.PrimitiveType
    vertex_buffer: _containers.RepeatedScalarFieldContainer[float]
    index_buffer: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, vertex_type: _Optional[_Union[Mesh3d.VertexType, str]] = ..., primitive_type: _Optional[_Union[Mesh3d.PrimitiveType, str]] = ..., vertex_buffer: _Optional[_Iterable[float]] = ..., index_buffer: _Optional[_Iterable[int]] = ...) -> None: ...

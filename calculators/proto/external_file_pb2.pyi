from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExternalFile(_message.Message):
    __slots__ = ("file_content", "file_name", "file_descriptor_meta", "file_pointer_meta")
    FILE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    FILE_DESCRIPTOR_META_FIELD_NUMBER: _ClassVar[int]
    FILE_POINTER_META_FIELD_NUMBER: _ClassVar[int]
    file_content: bytes
    file_name: str
    file_descriptor_meta: FileDescriptorMeta
    file_pointer_meta: FilePointerMeta
    def __init__(self, file_content: _Optional[bytes] = ..., file_name: _Optional[str] = ..., file_descriptor_meta: _Optional[_Union[FileDescriptorMeta, _Mapping]] = ..., file_pointer_meta: _Optional[_Union[FilePointerMeta, _Mapping]] = ...) -> None: ...

class FileDescriptorMeta(_message.Message):
    __slots__ = ("fd", "length", "offset")
    FD_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    fd: int
    length: int
    offset: int
    def __init__(self, fd: _Optional[int] = ..., length: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class FilePointerMeta(_message.Message):
    __slots__ = ("pointer", "length")
    POINTER_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    pointer: int
    length: int
    def __init__(self, pointer: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

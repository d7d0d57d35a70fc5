from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Look(_message.Message):
    __slots__ = ("lipstick",)
    LIPSTICK_FIELD_NUMBER: _ClassVar[int]
    lipstick: Lipstick
    def __init__(self, lipstick: _Optional[_Union[Lipstick, _Mapping]] = ...) -> None: ...

class Lipstick(_message.Message):
    __slots__ = ("color", "finish", "intensity")
    class Finish(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SATIN: _ClassVar[Lipstick.Finish]
        MATTE: _ClassVar[Lipstick.Finish]
        GLOSS: _ClassVar[Lipstick.Finish]
        SHEER: _ClassVar[Lipstick.Finish]
    SATIN: Lipstick.Finish
    MATTE: Lipstick.Finish
    GLOSS: Lipstick.Finish
    SHEER: Lipstick.Finish
    COLOR_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    finish: Lipstick.Finish
    intensity: float
    def __init__(self, color: _Optional[str] = ..., finish: _Optional[_Union[Lipstick.Finish, str]] = ..., intensity: _Optional[float] = ...) -> None: ...

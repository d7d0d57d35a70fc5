from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Look(_message.Message):
    __slots__ = ("lipstick", "eyeliner", "eyeshadow", "lash_line", "blush", "contour", "highlight", "brow_tint", "iris_color")
    LIPSTICK_FIELD_NUMBER: _ClassVar[int]
    EYELINER_FIELD_NUMBER: _ClassVar[int]
    EYESHADOW_FIELD_NUMBER: _ClassVar[int]
    LASH_LINE_FIELD_NUMBER: _ClassVar[int]
    BLUSH_FIELD_NUMBER: _ClassVar[int]
    CONTOUR_FIELD_NUMBER: _ClassVar[int]
    HIGHLIGHT_FIELD_NUMBER: _ClassVar[int]
    BROW_TINT_FIELD_NUMBER: _ClassVar[int]
    IRIS_COLOR_FIELD_NUMBER: _ClassVar[int]
    lipstick: Lipstick
    eyeliner: Eyeliner
    eyeshadow: Eyeshadow
    lash_line: LashLine
    blush: Blush
    contour: Contour
    highlight: Highlight
    brow_tint: BrowTint
    iris_color: IrisColor
    def __init__(self, lipstick: _Optional[_Union[Lipstick, _Mapping]] = ..., eyeliner: _Optional[_Union[Eyeliner, _Mapping]] = ..., eyeshadow: _Optional[_Union[Eyeshadow, _Mapping]] = ..., lash_line: _Optional[_Union[LashLine, _Mapping]] = ..., blush: _Optional[_Union[Blush, _Mapping]] = ..., contour: _Optional[_Union[Contour, _Mapping]] = ..., highlight: _Optional[_Union[Highlight, _Mapping]] = ..., brow_tint: _Optional[_Union[BrowTint, _Mapping]] = ..., iris_color: _Optional[_Union[IrisColor, _Mapping]] = ...) -> None: ...

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

class Eyeliner(_message.Message):
    __slots__ = ("color", "intensity", "thickness", "wing", "lower")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    THICKNESS_FIELD_NUMBER: _ClassVar[int]
    WING_FIELD_NUMBER: _ClassVar[int]
    LOWER_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    thickness: float
    wing: float
    lower: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ..., thickness: _Optional[float] = ..., wing: _Optional[float] = ..., lower: _Optional[float] = ...) -> None: ...

class Eyeshadow(_message.Message):
    __slots__ = ("color", "crease_color", "finish", "intensity", "lower")
    class Finish(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MATTE: _ClassVar[Eyeshadow.Finish]
        SHIMMER: _ClassVar[Eyeshadow.Finish]
    MATTE: Eyeshadow.Finish
    SHIMMER: Eyeshadow.Finish
    COLOR_FIELD_NUMBER: _ClassVar[int]
    CREASE_COLOR_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    LOWER_FIELD_NUMBER: _ClassVar[int]
    color: str
    crease_color: str
    finish: Eyeshadow.Finish
    intensity: float
    lower: float
    def __init__(self, color: _Optional[str] = ..., crease_color: _Optional[str] = ..., finish: _Optional[_Union[Eyeshadow.Finish, str]] = ..., intensity: _Optional[float] = ..., lower: _Optional[float] = ...) -> None: ...

class LashLine(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class Blush(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class Contour(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class Highlight(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class BrowTint(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class IrisColor(_message.Message):
    __slots__ = ("color", "intensity")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    color: str
    intensity: float
    def __init__(self, color: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

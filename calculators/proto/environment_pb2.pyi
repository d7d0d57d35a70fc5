from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OriginPointLocation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BOTTOM_LEFT_CORNER: _ClassVar[OriginPointLocation]
    TOP_LEFT_CORNER: _ClassVar[OriginPointLocation]
BOTTOM_LEFT_CORNER: OriginPointLocation
TOP_LEFT_CORNER: OriginPointLocation

class PerspectiveCamera(_message.Message):
    __slots__ = ("vertical_fov_degrees", "near", "far")
    VERTICAL_FOV_DEGREES_FIELD_NUMBER: _ClassVar[int]
    NEAR_FIELD_NUMBER: _ClassVar[int]
    FAR_FIELD_NUMBER: _ClassVar[int]
    vertical_fov_degrees: float
    near: float
    far: float
    def __init__(self, vertical_fov_degrees: _Optional[float] = ..., near: _Optional[float] = ..., far: _Optional[float] = ...) -> None: ...

class Environment(_message.Message):
    __slots__ = ("origin_point_location", "perspective_camera")
    ORIGIN_POINT_LOCATION_FIELD_NUMBER: _ClassVar[int]
    PERSPECTIVE_CAMERA_FIELD_NUMBER: _ClassVar[int]
    origin_point_location: OriginPointLocation
    perspective_camera: PerspectiveCamera
    def __init__(self, origin_point_location: _Optional[_Union[OriginPointLocation, str]] = ..., perspective_camera: _Optional[_Union[PerspectiveCamera, _Mapping]] = ...) -> None: ...

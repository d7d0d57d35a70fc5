from attention_mesh.calculators.proto import mesh_3d_pb2 as _mesh_3d_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class InputSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEFAULT: _ClassVar[InputSource]
    FACE_LANDMARK_PIPELINE: _ClassVar[InputSource]
    FACE_DETECTION_PIPELINE: _ClassVar[InputSource]
DEFAULT: InputSource
FACE_LANDMARK_PIPELINE: InputSource
FACE_DETECTION_PIPELINE: InputSource

class WeightedLandmarkRef(_message.Message):
    __slots__ = ("landmark_id", "weight")
    LANDMARK_ID_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    landmark_id: int
    weight: float
    def __init__(self, landmark_id: _Optional[int] = ..., weight: _Optional[float] = ...) -> None: ...

class GeometryPipelineMetadata(_message.Message):
    __slots__ = ("input_source", "canonical_mesh", "procrustes_landmark_basis")
    INPUT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    CANONICAL_MESH_FIELD_NUMBER: _ClassVar[int]
    PROCRUSTES_LANDMARK_BASIS_FIELD_NUMBER: _ClassVar[int]
    input_source: InputSource
    canonical_mesh: _mesh_3d_pb2.Mesh3d
    procrustes_landmark_basis: _containers.RepeatedCompositeFieldContainer[WeightedLandmarkRef]
    def __init__(self, input_source: _Optional[_Union[InputSource, str]] = ..., canonical_mesh: _Optional[_Union[_mesh_3d_pb2.Mesh3d, _Mapping]] = ..., procrustes_landmark_basis: _Optional[_Iterable[_Union[WeightedLandmarkRef, _Mapping]]] = ...) -> None: ...

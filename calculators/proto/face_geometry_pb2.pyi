from attention_mesh.calculators.proto import mesh_3d_pb2 as _mesh_3d_pb2
from attention_mesh.framework.formats import matrix_data_pb2 as _matrix_data_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FaceGeometry(_message.Message):
    __slots__ = ("mesh", "pose_transform_matrix")
    MESH_FIELD_NUMBER: _ClassVar[int]
    POSE_TRANSFORM_MATRIX_FIELD_NUMBER: _ClassVar[int]
    mesh: _mesh_3d_pb2.Mesh3d
    pose_transform_matrix: _matrix_data_pb2.MatrixData
    def __init__(self, mesh: _Optional[_Union[_mesh_3d_pb2.Mesh3d, _Mapping]] = ..., pose_transform_matrix: _Optional[_Union[_matrix_data_pb2.MatrixData, _Mapping]] = ...) -> None: ...

from attention_mesh.calculators.proto import external_file_pb2 as _external_file_pb2
from attention_mesh.framework.proto import calculator_options_pb2 as _calculator_options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModelResourcesCalculatorOptions(_message.Message):
    __slots__ = ("model_resources_tag", "model_file")
    EXT_FIELD_NUMBER: _ClassVar[int]
    ext: _descriptor.FieldDescriptor
    MODEL_RESOURCES_TAG_FIELD_NUMBER: _ClassVar[int]
    MODEL_FILE_FIELD_NUMBER: _ClassVar[int]
    model_resources_tag: str
    model_file: _external_file_pb2.ExternalFile
    def __init__(self, model_resources_tag: _Optional[str] = ..., model_file: _Optional[_Union[_external_file_pb2.ExternalFile, _Mapping]] = ...) -> None: ...

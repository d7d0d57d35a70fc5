"""Message modules, ``gate_calculator_pb2`` and so on, made of the descriptors in the package's own pool."""

from __future__ import annotations

from types import ModuleType

from google.protobuf.descriptor import FileDescriptor

from attention_mesh.framework.formats.message_facade import facade_class
from attention_mesh.framework.protos import POOL, known_files

_SUFFIX = "_pb2"


def has_messages(module_name: str) -> bool:
    """Whether there is a .proto file for a message module of this name (its last part counts)."""
    return _file_of(module_name) is not None


def message_module(name: str) -> ModuleType:
    """A module with the messages, enums and extensions that a .proto file declares, and DESCRIPTOR.

    Raises ImportError where there is no such file.
    """
    file = _file_of(name)
    if file is None:
        raise ImportError(f"{name}: there is no {_stem(name)}.proto here", name=name)
    module = ModuleType(name, f"Messages of {_stem(name)}.proto.")
    module.DESCRIPTOR = file
    for message in file.message_types_by_name.values():
        setattr(module, message.name, facade_class(message.full_name))
    for enum_type in file.enum_types_by_name.values():
        for value in enum_type.values:
            setattr(module, value.name, value.number)
    for extension in file.extensions_by_name.values():
        setattr(module, extension.name, extension)
    return module


def _stem(module_name: str) -> str:
    return module_name.rpartition(".")[2].removesuffix(_SUFFIX)


def _file_of(module_name: str) -> FileDescriptor | None:
    ending = f"/{_stem(module_name)}.proto"
    found = next((file for file in known_files() if file.endswith(ending)), None)
    return None if found is None else POOL.FindFileByName(found)

"""Message modules: one `…_pb2` for every .proto file of the package, found beside that file.

``from attention_mesh.framework.formats import landmark_pb2`` makes the module of `landmark.proto` from the
descriptors in the package's own pool (`protos.POOL`). No `_pb2.py` file exists: code that protoc generates
would put the messages into protobuf's default pool, where an installed mediapipe has its own. The `.pyi`
files beside the .proto files tell type checkers what the modules hold; tools/compile_protos.py makes them.

Importing this module costs next to nothing; protobuf is loaded with the first message module.
"""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder

    from google.protobuf.descriptor import FileDescriptor
    from google.protobuf.message import Message
else:
    Loader = MetaPathFinder = object  # importlib.abc takes longer to load than the whole framework

_PACKAGE = "attention_mesh"
_SUFFIX = "_pb2"


def install() -> None:
    """Makes the message modules of this package importable. Doing it again changes nothing."""
    if not any(isinstance(finder, _MessageFinder) for finder in sys.meta_path):
        sys.meta_path.append(_MessageFinder())


def message_module_name(stem: str) -> str | None:
    """The message module of a .proto file, found by the file's name without folder and suffix.

    ``landmark`` gives ``attention_mesh.framework.formats.landmark_pb2``; None if no file has the name.
    """
    from attention_mesh.framework.protos import known_files

    ending = f"/{stem}.proto"
    for file in known_files():
        if file.startswith(f"{_PACKAGE}/") and file.endswith(ending):
            return file.removesuffix(".proto").replace("/", ".") + _SUFFIX
    return None


class _MessageFinder(MetaPathFinder):
    """Finds the message modules of the .proto files that the pool knows."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{_PACKAGE}.") or not fullname.endswith(_SUFFIX):
            return None
        if message_module_name(fullname.rpartition(".")[2].removesuffix(_SUFFIX)) != fullname:
            return None
        return ModuleSpec(fullname, _MessageLoader())


class _MessageLoader(Loader):
    """Fills a module with the messages, enums and extensions that its .proto file declares."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Leaves it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        from attention_mesh.framework.protos import POOL

        file = POOL.FindFileByName(module.__name__.removesuffix(_SUFFIX).replace(".", "/") + ".proto")
        module.__doc__ = f"Messages of {file.name}."
        vars(module).update(_contents(file))


def _contents(file: FileDescriptor) -> dict[str, object]:
    """What protoc would put into a file's module."""
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

    from attention_mesh.framework.protos import message_class

    contents: dict[str, object] = {"DESCRIPTOR": file}
    for message in file.message_types_by_name.values():
        contents[message.name] = cls = message_class(message.full_name)
        _make_picklable(cls)
    for enum in file.enum_types_by_name.values():
        contents[enum.name] = EnumTypeWrapper(enum)
        contents.update((value.name, value.number) for value in enum.values)
    for extension in file.extensions_by_name.values():
        contents[extension.name] = extension
        contents[f"{extension.name.upper()}_FIELD_NUMBER"] = extension.number
    return contents


def _make_picklable(cls: type[Message]) -> None:
    """Lets objects of a message class, and of those nested in it, be sent to another process.

    protobuf itself would look for them in its default pool.
    """
    from attention_mesh.framework.protos import message_class

    copyreg.pickle(cls, _reduce)
    for nested in cls.DESCRIPTOR.nested_types:
        _make_picklable(message_class(nested.full_name))


def _reduce(message: Message) -> tuple[Callable[[str, bytes], Message], tuple[str, bytes]]:
    return _restore, (message.DESCRIPTOR.full_name, message.SerializePartialToString())


def _restore(full_name: str, serialized: bytes) -> Message:
    from attention_mesh.framework.protos import message_class

    cls = message_class(full_name)
    _make_picklable(cls)
    message = cls()
    message.MergeFromString(serialized)
    return message

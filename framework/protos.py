"""The package's own protobuf pool: MediaPipe's message names and numbers, beside an installed mediapipe.

Everything lives in one private `DescriptorPool`, so that the messages of package `mediapipe` never
clash with those a real mediapipe registers in the default pool of the same process.
"""

import importlib
import threading
from functools import cache
from pathlib import Path
from typing import TypeVar

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import DecodeError, Message

from attention_mesh.framework import registry

AnyMessage = TypeVar("AnyMessage", bound=Message)
POOL = descriptor_pool.DescriptorPool()

_lock = threading.RLock()
_loaded_sets: set[Path] = set()
_loaded_files: dict[str, bytes] = {}
_is_shared = False


def load_pending() -> None:
    """Reads the registered descriptor sets into the pool. A file that the pool knows is skipped."""
    with _lock:
        for path in registry.descriptor_sets:
            if path not in _loaded_sets:
                for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
                    if file.name not in _loaded_files:
                        add_file(file)
                _loaded_sets.add(path)


def add_file(file: descriptor_pb2.FileDescriptorProto) -> None:
    """Adds one file's messages to the pool, once.

    Raises:
      ValueError: the pool knows other contents under the file's name. A pool cannot forget them.
    """
    content = file.SerializeToString(deterministic=True)
    with _lock:
        if file.name not in _loaded_files:
            POOL.AddSerializedFile(content)
            _loaded_files[file.name] = content
            if _is_shared:
                _add_to_default_pool(file.name, content)
        elif _loaded_files[file.name] != content:
            raise ValueError(f"{file.name} is known already, with other messages")


def known_files() -> list[str]:
    """Returns the names of all .proto files in the pool, ``attention_mesh/framework/formats/rect.proto``."""
    load_pending()
    return list(_loaded_files)


def share_with_default_pool() -> None:
    """Registers all files, those of later too, in protobuf's default pool.

    Programs in which this package stands for mediapipe need it: protobuf's own functions look there for the
    types of `Any` fields. From then on the process cannot import a real mediapipe.

    Raises:
      ImportError: the default pool has messages of these names already.
    """
    global _is_shared
    load_pending()
    with _lock:
        if not _is_shared:
            for name, content in _loaded_files.items():
                _add_to_default_pool(name, content)
            _is_shared = True


def _add_to_default_pool(name: str, content: bytes) -> None:
    if name.startswith("google/protobuf/"):  # protobuf brings them itself, once their module is imported
        importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
        return
    try:
        descriptor_pool.Default().AddSerializedFile(content)
    except TypeError as error:
        raise ImportError(
            f"the messages of {name} are in protobuf's default pool already, from another package: {error}"
        ) from None


@cache
def message_class(full_name: str) -> type[Message]:
    """Returns the Python class of a message, such as ``mediapipe.NormalizedLandmarkList``.

    Raises:
      KeyError: the pool has no such message.
    """
    load_pending()
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(full_name))


def parse_text(text: str, message: AnyMessage) -> AnyMessage:
    """Parses text format into `message`, with extensions and `Any` types of this pool.

    Raises:
      google.protobuf.text_format.ParseError: it does not parse; the error holds line and column.
    """
    load_pending()
    return text_format.Parse(text, message, descriptor_pool=POOL)


def parse_bytes(data: bytes, message: AnyMessage) -> AnyMessage:
    """Parses serialized `data` into `message`.

    Raises:
      google.protobuf.message.DecodeError: it does not parse, or a string is not UTF-8, which protobuf itself
        accepts in some messages.
    """
    message.ParseFromString(data)
    _check_strings(message)
    return message


def _check_strings(message: Message) -> None:
    for field, value in message.ListFields():
        if field.type not in (field.TYPE_STRING, field.TYPE_MESSAGE):
            continue
        values = [value] if isinstance(value, (str, bytes, Message)) else value
        for item in values:
            if isinstance(item, Message):
                _check_strings(item)
            elif field.type == field.TYPE_STRING and not isinstance(item, str):
                raise DecodeError(f"{field.full_name} is no UTF-8 text")


def message_to_text(message: Message) -> str:
    """Returns the text format of a message; `Any` fields are expanded if their type is in the pool."""
    load_pending()
    return text_format.MessageToString(message, descriptor_pool=POOL)

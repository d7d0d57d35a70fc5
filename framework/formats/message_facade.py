"""Message classes as MediaPipe's `*_pb2` modules offer them, and fit to be pickled."""

import copyreg

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from attention_mesh.framework.protos import message_class


def facade_class(full_name: str) -> type[Message]:
    """The class of a message of this package's pool, e.g. ``mediapipe.Detection``.

    Objects of it, and of the message types nested in it, can be pickled (sent to another process):
    protobuf itself would look for nested ones in its default pool, where ours are not.
    """
    found = message_class(full_name)
    _make_picklable(found.DESCRIPTOR)
    return found


def _make_picklable(descriptor: Descriptor) -> None:
    copyreg.pickle(message_class(descriptor.full_name), _reduce)
    for nested in descriptor.nested_types:
        _make_picklable(nested)


def _reduce(message: Message) -> tuple:
    return _restore, (message.DESCRIPTOR.full_name, message.SerializePartialToString())


def _restore(full_name: str, serialized: bytes) -> Message:
    message = facade_class(full_name)()
    message.MergeFromString(serialized)
    return message

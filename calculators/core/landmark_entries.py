"""The points inside a landmark list, or the entries inside any list message: cut out and joined again.

Where `collection_items` cuts between faces, this cuts within each of them. A value is an object with `points`
(F, N, 3), such as `NormalizedLandmarks`, cut along N; a message with one repeated field; or a list.
"""

from typing import Any

import numpy as np
from google.protobuf.message import Message


def count_of(value: Any) -> int:
    """How many points or entries a list holds."""
    if isinstance(value, Message):
        return len(_field(value))
    return value.points.shape[1] if hasattr(value, "points") else len(value)


def part_of(value: Any, begin: int, end: int) -> Any:
    """Entries begin … end-1 as a value of the same kind."""
    if isinstance(value, Message):
        part = type(value)()
        _field(part).extend(_field(value)[begin:end])
        return part
    return type(value)(value.points[:, begin:end]) if hasattr(value, "points") else value[begin:end]


def item_of(value: Any, index: int) -> Any:
    """One entry: of points a value of the same kind with N = 1, else the element itself."""
    if isinstance(value, Message):
        return _field(value)[index]
    return part_of(value, index, index + 1) if hasattr(value, "points") else value[index]


def concatenated(values: list) -> Any:
    """All entries of `values`, at least one, in order, as one value of their kind.

    Raises ValueError where values of points hold different numbers of faces.
    """
    first = values[0]
    if isinstance(first, Message):
        whole = type(first)()
        for value in values:
            _field(whole).extend(_field(value))
        return whole
    if not hasattr(first, "points"):
        return [entry for value in values for entry in value]
    faces = sorted({len(value.points) for value in values})
    if len(faces) > 1:
        raise ValueError(
            f"the landmark lists are of {' and '.join(map(str, faces))} faces; expected one number in all"
        )
    return type(first)(np.concatenate([value.points for value in values], axis=1))


def _field(message: Message) -> Any:
    """The one field of a list message that holds its entries."""
    fields = message.DESCRIPTOR.fields
    if len(fields) != 1:
        raise TypeError(f"{message.DESCRIPTOR.full_name} is no list message; expected one repeated field")
    return getattr(message, fields[0].name)

"""Collections: what loops, splits and joins do with array types, arrays, lists and list messages.

A collection is an array type with a leading axis (`Detections`, `NormalizedRects`, `NormalizedLandmarks`),
whose items are values of the same type with one entry, or an array, list or tuple, whose items are its
elements.

The entries of a value are one level deeper: the points within each face, or what a list message holds. A
value is an object with `points` (F, N, 3), which is cut along N, a message with one repeated field, or a
list.
"""

from typing import Any

import numpy as np


def is_array_type(collection: Any) -> bool:
    """Whether a collection keeps its items in arrays with a leading axis."""
    return hasattr(collection, "take") and not isinstance(collection, np.ndarray)


def items_of(collection: Any) -> list:
    """The items of a collection, in order.

    Raises:
      TypeError: the value is no collection.
    """
    if is_array_type(collection):
        return [collection.take(slice(index, index + 1)) for index in range(len(collection))]
    if isinstance(collection, np.ndarray) and collection.ndim == 1:
        return collection.tolist()
    if isinstance(collection, (list, tuple, np.ndarray)):
        return list(collection)
    raise TypeError(
        f"a {type(collection).__name__} is no collection; expected a list or arrays with a leading axis"
    )


def part_of(collection: Any, begin: int, end: int) -> Any:
    """Items begin … end-1 as a collection of the same array type, else as a list."""
    if is_array_type(collection):
        return collection.take(slice(begin, end))
    if isinstance(collection, np.ndarray) and collection.ndim == 1:
        return collection[begin:end].tolist()
    return list(collection[begin:end])


def item_of(collection: Any, index: int) -> Any:
    """One item of a collection."""
    part = part_of(collection, index, index + 1)
    return part if is_array_type(collection) else part[0]


def kept_items(collection: Any, keep: np.ndarray) -> Any:
    """The items at which `keep` (N,) bool is true, as a collection of the same array type, else as a list."""
    if is_array_type(collection):
        return collection.take(keep)
    return [item for item, kept in zip(items_of(collection), keep, strict=True) if kept]


def joined(items: list) -> Any:
    """One collection of `items`, at least one, in their order.

    Items of an array type, each with any number of entries, become one value of that type; all others a list.

    Raises:
      TypeError: the items are of different array types.
    """
    first = items[0]
    if not is_array_type(first):
        return list(items)
    kinds = sorted({type(item).__name__ for item in items})
    if len(kinds) > 1:
        raise TypeError(f"{' and '.join(kinds)} do not go into one collection; expected one type")
    return first if len(items) == 1 else type(first).concatenate(items)


def concatenated(collections: list) -> Any:
    """The items of all collections, at least one, in order, as one collection of their kind."""
    if is_array_type(collections[0]):
        return joined(collections)
    return [item for collection in collections for item in items_of(collection)]


def entry_count(value: Any) -> int:
    """The number of points or entries in a value."""
    if _is_message(value):
        return len(_repeated_field(value))
    return value.points.shape[1] if hasattr(value, "points") else len(value)


def entries_part(value: Any, begin: int, end: int) -> Any:
    """Entries begin … end-1 as a value of the same kind."""
    if _is_message(value):
        part = type(value)()
        _repeated_field(part).extend(_repeated_field(value)[begin:end])
        return part
    return type(value)(value.points[:, begin:end]) if hasattr(value, "points") else value[begin:end]


def entry_of(value: Any, index: int) -> Any:
    """One entry: of points a value of the same kind with N = 1, else the element itself."""
    if _is_message(value):
        return _repeated_field(value)[index]
    return entries_part(value, index, index + 1) if hasattr(value, "points") else value[index]


def concatenated_entries(values: list) -> Any:
    """All entries of `values`, at least one, in order, as one value of their kind.

    Raises:
      ValueError: values of points hold different numbers of faces.
    """
    first = values[0]
    if _is_message(first):
        whole = type(first)()
        for value in values:
            _repeated_field(whole).extend(_repeated_field(value))
        return whole
    if not hasattr(first, "points"):
        return [entry for value in values for entry in value]
    faces = sorted({len(value.points) for value in values})
    if len(faces) > 1:
        raise ValueError(
            f"the landmark lists are of {' and '.join(map(str, faces))} faces; expected one number in all"
        )
    return type(first)(np.concatenate([value.points for value in values], axis=1))


def _is_message(value: Any) -> bool:
    """Whether a value is a protobuf message, which geometry knows only by its descriptor."""
    return hasattr(value, "DESCRIPTOR")


def _repeated_field(message: Any) -> Any:
    """The one field of a list message, which holds its entries."""
    fields = message.DESCRIPTOR.fields
    if len(fields) != 1:
        raise TypeError(f"{message.DESCRIPTOR.full_name} is no list message; expected one repeated field")
    return getattr(message, fields[0].name)

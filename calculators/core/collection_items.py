"""Collections of a stream ⇄ their items: what loops, splits and joins of MediaPipe's names have in common.

A "vector of X" is an array type with a leading axis (`Detections`, `NormalizedRects`,
`NormalizedLandmarks`: an item is the same type with one entry) or a list (an item is an element).
Calculators that MediaPipe registers once a type are one class here; `item_type` and `collection_type` say
what the type's name in theirs stands for.
"""

from typing import Any

import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

_ARRAY_TYPES = {
    "Detection": Detections,
    "NormalizedRect": NormalizedRects,
    "NormalizedLandmarkList": NormalizedLandmarks,
    "NormalizedLandmarkListVector": NormalizedLandmarks,
    "LandmarList": NormalizedLandmarks,  # so spelled in one of MediaPipe's names
}
_ELEMENT_TYPES = {
    "Bool": bool,
    "Boolean": bool,
    "Float": float,
    "GpuBuffer": np.ndarray,
    "Image": np.ndarray,
    "ImageFrame": np.ndarray,
    "ImageSize": tuple,
    "Int": int,
    "Int32": int,
    "Matrix": np.ndarray,
    "MatrixVector": list,
    "String": str,
    "Tensor": np.ndarray,
    "TfLiteTensor": np.ndarray,
    "UInt64": int,
    "Uint64t": int,
}


def item_type(name: str) -> type:
    """The Python type of one item of the type that registered names call `name`; object where unknown."""
    return _ARRAY_TYPES.get(name) or _ELEMENT_TYPES.get(name, object)


def collection_type(name: str) -> type:
    """The Python type of a collection of such items; object where the name is unknown."""
    return _ARRAY_TYPES.get(name) or (list if name in _ELEMENT_TYPES else object)


def accepted_collection(name: str) -> Any:
    """The type of an input that takes a collection: where it is a list, a tuple or an array will do, too."""
    wanted = collection_type(name)
    return list | tuple | np.ndarray if wanted is list else wanted


def is_array_type(collection: Any) -> bool:
    """Whether a collection keeps its items in arrays with a leading axis."""
    return hasattr(collection, "take") and not isinstance(collection, np.ndarray)


def items_of(collection: Any) -> list:
    """The items of a collection, in order. Raises TypeError for what is no collection."""
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
    """Items begin … end-1 as a collection of the same kind; a list for any that is not of an array type."""
    if is_array_type(collection):
        return collection.take(slice(begin, end))
    if isinstance(collection, np.ndarray) and collection.ndim == 1:
        return collection[begin:end].tolist()
    return list(collection[begin:end])


def item_of(collection: Any, index: int) -> Any:
    """One item of a collection."""
    part = part_of(collection, index, index + 1)
    return part if is_array_type(collection) else part[0]


def joined(items: list) -> Any:
    """One collection of `items`, at least one, in their order.

    Items of an array type, each with any number of entries, become one value of that type; all others a list.
    Raises TypeError when array types are mixed.
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

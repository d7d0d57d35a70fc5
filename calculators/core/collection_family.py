"""The mechanism of MediaPipe's nodes with a type in their name, and those of them that count items.

MediaPipe registers such a node once per type. Here one class serves them all: the type in the name only sets
the types of the ports and, for nodes that cut and join, the axis.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.registry import calculator_family
from attention_mesh.geometry import collections
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.webgpu.gpu_buffer import GpuBuffer, GpuTensor

_ARRAY_TYPES: dict[str, type] = {
    "Detection": Detections,
    "NormalizedRect": NormalizedRects,
    "NormalizedLandmarkList": NormalizedLandmarks,
    "NormalizedLandmarkListVector": NormalizedLandmarks,
    "LandmarList": NormalizedLandmarks,  # the spelling of one of MediaPipe's names
}
_ELEMENT_TYPES: dict[str, Any] = {
    "Bool": bool,
    "Boolean": bool,
    "Float": float,
    "GpuBuffer": GpuBuffer,
    "Image": np.ndarray | GpuBuffer,
    "ImageFrame": np.ndarray,
    "ImageSize": tuple,
    "Int": int,
    "Int32": int,
    "Matrix": np.ndarray,
    "MatrixVector": list,
    "String": str,
    "Tensor": np.ndarray | GpuTensor,
    "TfLiteTensor": np.ndarray | GpuTensor,
    "UInt64": int,
    "Uint64t": int,
}


class Collection:
    """As a port's type: the type of a collection of what the node's name says."""

    def __len__(self) -> int:
        raise NotImplementedError("only stands for a type")


class Item:
    """As a port's type: the type of one item of what the node's name says."""


class NamedCollection:
    """A type as the names of nodes spell it.

    Args:
      name: the type, such as "Detection"; types that are not known take any values.
      axis: "Vector" if the node cuts and joins collections, "List" if it cuts and joins the entries of each
        item. "NormalizedLandmarkList" with "Vector" is a collection of faces, "NormalizedLandmark" with
        either the points of each face.

    Attributes:
      item_type, type: the Python types of an item and of a collection.
      sent_type: of an item that leaves a node; `object` if it depends on what came.
      accepted: the type of an input that takes a collection; a tuple or an array passes for a list.
      has_entries: whether the functions below concern entries, not items.
      count, part, item, concatenate: `geometry.collections`' functions for this kind.
    """

    def __init__(self, name: str, axis: str = ""):
        self.name = name
        self.has_entries = axis == "List" or (axis == "Vector" and name in ("Landmark", "NormalizedLandmark"))
        if self.has_entries:
            # An item of points is a value of the same type; the types of a message's entries are unknown.
            is_normalized = name == "NormalizedLandmark" or axis == "Vector"
            self.type: Any = NormalizedLandmarks if is_normalized else object
            self.item_type: Any = self.type
            self.accepted: Any = self.type
        else:
            is_list = name in _ELEMENT_TYPES
            self.type = _ARRAY_TYPES.get(name) or (list if is_list else object)
            self.item_type = _ARRAY_TYPES.get(name) or _ELEMENT_TYPES.get(name, object)
            self.accepted = list | tuple | np.ndarray if is_list else self.type
        self.sent_type: Any = self.item_type if isinstance(self.item_type, type) else object
        functions = _OF_ENTRIES if self.has_entries else _OF_ITEMS
        self.count, self.part, self.item, self.concatenate = functions


_Functions = tuple[
    Callable[[Any], int],
    Callable[[Any, int, int], Any],
    Callable[[Any, int], Any],
    Callable[[list], Any],
]
_OF_ITEMS: _Functions = (len, collections.part_of, collections.item_of, collections.concatenated)
_OF_ENTRIES: _Functions = (
    collections.entry_count,
    collections.entries_part,
    collections.entry_of,
    collections.concatenated_entries,
)


class CollectionFamily(Calculator):
    """Base class of a node that serves every type in its name.

    A subclass declares ports of the types `Collection` and `Item` if the name decides. Group 1 of its
    registered pattern is the name of the type, group 2, if there is one, the axis.

    Class attributes:
      kind: what the name says, of a class that is derived for one name.
    """

    kind: NamedCollection

    @classmethod
    def specialize(cls, match: re.Match) -> dict[str, Any]:
        """The kind that the name says, and the ports with its types."""
        kind = NamedCollection(*match.groups())
        attributes: dict[str, Any] = {"kind": kind}
        for port in [*cls.ports(Input), *cls.ports(Output)]:
            types = {Collection: kind.accepted, Item: kind.item_type}
            if isinstance(port, Output):
                types = {Collection: kind.type, Item: kind.sent_type}
            if port.type in types:
                narrowed = type(port)(
                    port.tag, types[port.type], optional=port.optional, repeated=port.repeated
                )
                attributes[port.attribute] = narrowed
        return attributes


@calculator_family(r"(?!Clip)(\w+)VectorSizeCalculator")
class VectorSizeFamily(CollectionFamily):
    """Sends the number of items of a collection.

    This is MediaPipe's …VectorSizeCalculator for every type.

    Inputs: VECTOR, the collection.
    Outputs: SIZE (int); no packet if VECTOR has none.

    Example::

        node {
          calculator: "NormalizedRectVectorSizeCalculator"
          input_stream: "VECTOR:rois"
          output_stream: "SIZE:number_of_rois"
        }
    """

    vector = Input("VECTOR", Collection)
    size = Output("SIZE", int)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.vector.is_empty:
            self.size.send(len(self.vector.value))


@calculator_family(
    r"(\w+)VectorIndicesCalculator",
    [f"{name}VectorIndicesCalculator" for name in ("Int", "NormalizedLandmarkList", "Uint64t")],
)
class VectorIndicesFamily(CollectionFamily):
    """Sends the indices 0, 1, 2 … of the items of a collection, to loop over.

    This is MediaPipe's …VectorIndicesCalculator for every type.

    Inputs: VECTOR, the collection.
    Outputs: INDICES (list of int); no packet if VECTOR has none.

    Example::

        node {
          calculator: "NormalizedLandmarkListVectorIndicesCalculator"
          input_stream: "VECTOR:multi_face_landmarks"
          output_stream: "INDICES:face_numbers"
        }
    """

    vector = Input("VECTOR", Collection)
    indices = Output("INDICES", list)
    timestamp_offset = 0

    def process(self) -> None:
        if not self.vector.is_empty:
            self.indices.send(list(range(len(self.vector.value))))


@calculator_family(
    r"(\w+)VectorHasMinSizeCalculator",
    [
        f"{name}VectorHasMinSizeCalculator"
        for name in ("ClassificationList", "Detection", "NormalizedLandmarkList", "NormalizedRect")
    ],
)
class VectorHasMinSizeFamily(CollectionFamily):
    """Says whether a collection holds at least a given number of items.

    This is MediaPipe's …VectorHasMinSizeCalculator for every type.

    Inputs: ITERABLE, the collection.
    Input side packets: the number, which overrides the option `min_size`.
    Outputs: a bool; no packet if ITERABLE has none.
    Options: `min_size`.

    Example::

        node {
          calculator: "NormalizedRectVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:previous_rois"
          input_side_packet: "num_faces"
          output_stream: "has_enough_faces"
        }
    """

    collection = Input("ITERABLE", Collection)
    min_size = SideInput("", int, optional=True)
    has_min_size = Output("", bool)
    timestamp_offset = 0

    Options = "mediapipe.CollectionHasMinSizeCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if node.options.min_size < 0:
            raise ValueError(f"min_size is {node.options.min_size}; expected 0 or more")

    def open(self) -> None:
        self._min_size = self.min_size.value if self.min_size.connected else self.options.min_size

    def process(self) -> None:
        if not self.collection.is_empty:
            self.has_min_size.send(len(self.collection.value) >= self._min_size)

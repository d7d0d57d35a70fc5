"""Nodes that select items of a collection: the first few, those with a true condition, or one."""

import numpy as np

from attention_mesh.calculators.core.collection_family import Collection, CollectionFamily, Item
from attention_mesh.framework import Input, Output, SideInput
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.registry import calculator_family
from attention_mesh.geometry.collections import item_of, kept_items, part_of

_FILTERED_TYPES = "ClassificationList LandmarkList NormalizedLandmarkList NormalizedRect UInt64".split()
_GOT_TYPES = "ClassificationList Detection LandmarkList NormalizedLandmarkList NormalizedRect Rect".split()


@calculator_family(
    r"Clip(\w+)VectorSizeCalculator",
    [f"Clip{name}VectorSizeCalculator" for name in ("Detection", "NormalizedRect")],
)
class ClipVectorSizeFamily(CollectionFamily):
    """Keeps the first items of a collection, up to a given number.

    This is MediaPipe's Clip…VectorSizeCalculator for every type.

    Inputs: a collection.
    Input side packets: the number, at least 1, which overrides the option `max_vec_size`.
    Outputs: a collection of the same kind; no packet if the input has none.
    Options: `max_vec_size`.

    Example::

        node {
          calculator: "ClipDetectionVectorSizeCalculator"
          input_stream: "all_detections"
          input_side_packet: "num_faces"
          output_stream: "detections"
        }
    """

    collection = Input("", Collection)
    max_size = SideInput("", int, optional=True)
    clipped = Output("", Collection)
    timestamp_offset = 0

    Options = "mediapipe.ClipVectorSizeCalculatorOptions"

    def open(self) -> None:
        self._max_size = self.max_size.value if self.max_size.connected else self.options.max_vec_size
        if self._max_size < 1:
            raise ValueError(f"the maximum number of items is {self._max_size}; expected at least 1")

    def process(self) -> None:
        if self.collection.is_empty:
            return
        collection = self.collection.value
        enough = len(collection) <= self._max_size
        self.clipped.send(collection if enough else part_of(collection, 0, self._max_size))


@calculator_family(
    r"Filter(\w+)CollectionCalculator",
    [f"Filter{name}CollectionCalculator" for name in _FILTERED_TYPES],
)
class FilterCollectionFamily(CollectionFamily):
    """Keeps the items of a collection whose condition is true.

    This is MediaPipe's Filter…CollectionCalculator for every type.

    Inputs: ITERABLE, the collection; CONDITION (list or array of bool), one per item.
    Outputs: ITERABLE, a collection of the same kind, which may be empty; no packet if an input has none.

    Example::

        node {
          calculator: "FilterNormalizedRectCollectionCalculator"
          input_stream: "ITERABLE:rois"
          input_stream: "CONDITION:are_faces"
          output_stream: "ITERABLE:rois_of_faces"
        }
    """

    collection = Input("ITERABLE", Collection)
    condition = Input("CONDITION", list | tuple | np.ndarray)
    filtered = Output("ITERABLE", Collection)
    timestamp_offset = 0

    def process(self) -> None:
        if self.collection.is_empty or self.condition.is_empty:
            return
        collection, keep = self.collection.value, np.asarray(self.condition.value, bool)
        if keep.shape != (len(collection),):
            raise ValueError(
                f"CONDITION has {keep.size} values for {len(collection)} items; expected one per item"
            )
        self.filtered.send(kept_items(collection, keep))


@calculator_family(
    r"Get(\w+)VectorItemCalculator",
    [f"Get{name}VectorItemCalculator" for name in _GOT_TYPES],
)
class GetVectorItemFamily(CollectionFamily):
    """Sends one item of a collection.

    This is MediaPipe's Get…VectorItemCalculator for every type.

    Inputs: VECTOR, the collection; INDEX (int, from 0).
    Outputs: ITEM; no packet if VECTOR or the index is missing. An index outside the collection is an error.
    Options: `item_index`, which holds at timestamps at which INDEX has no packet; `output_empty_on_oob`, with
      which an index outside the collection gives no packet.

    Example::

        node {
          calculator: "GetNormalizedLandmarkListVectorItemCalculator"
          input_stream: "VECTOR:multi_face_landmarks"
          output_stream: "ITEM:first_face_landmarks"
          node_options {
            [type.googleapis.com/mediapipe.GetVectorItemCalculatorOptions] {
              item_index: 0
              output_empty_on_oob: true
            }
          }
        }
    """

    vector = Input("VECTOR", Collection)
    index = Input("INDEX", int, optional=True)
    item = Output("ITEM", Item)
    timestamp_offset = 0

    Options = "mediapipe.GetVectorItemCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        has_stream = any(connection.entry.tag == "INDEX" for connection in node.inputs)
        if not has_stream and not node.options.HasField("item_index"):
            raise ValueError("neither the stream INDEX nor the option item_index says which item; give one")

    def process(self) -> None:
        if self.vector.is_empty:
            return
        index = self.index.value
        if index is None:
            if not self.options.HasField("item_index"):
                return
            index = self.options.item_index
        size = len(self.vector.value)
        if 0 <= index < size:
            self.item.send(item_of(self.vector.value, index))
        elif not self.options.output_empty_on_oob:
            raise ValueError(f"there is no item {index}: the collection has {size}, and they count from 0")

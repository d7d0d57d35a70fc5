"""A collection and a number → the item at that place."""

import re
from typing import Any

from attention_mesh.calculators.core.collection_items import accepted_collection, item_of, item_type
from attention_mesh.framework import Calculator, Input, Output
from attention_mesh.framework.registry import calculator_family

_TYPES = "ClassificationList Detection LandmarkList NormalizedLandmarkList NormalizedRect Rect".split()


@calculator_family(r"Get(\w+)VectorItemCalculator", [f"Get{name}VectorItemCalculator" for name in _TYPES])
class GetVectorItemFamily(Calculator):
    """Sends one item of a collection.

    One implementation of MediaPipe's Get…VectorItemCalculator nodes, whatever type the name holds.

    Inputs: VECTOR, the collection; INDEX (int), counts from 0 and goes before the option `item_index`, which
    counts where INDEX has no packet.
    Outputs: ITEM; no packet where VECTOR or the index is missing. An index that is not in the collection is
    an error, or, with `output_empty_on_oob`, gives no packet.

    Example::

        node {
          calculator: "GetNormalizedLandmarkListVectorItemCalculator"
          input_stream: "VECTOR:multi_face_landmarks"
          output_stream: "ITEM:first_face_landmarks"
          options {
            [mediapipe.GetVectorItemCalculatorOptions.ext] { item_index: 0 output_empty_on_oob: true }
          }
        }
    """

    vector = Input("VECTOR", object)
    index = Input("INDEX", int, optional=True)
    item = Output("ITEM", object)
    timestamp_offset = 0

    Options = "mediapipe.GetVectorItemCalculatorOptions"

    @classmethod
    def specialise(cls, match: re.Match) -> dict[str, Any]:
        """Ports of the type that the name holds."""
        name = match[1]
        return {"vector": Input("VECTOR", accepted_collection(name)), "item": Output("ITEM", item_type(name))}

    @classmethod
    def contract(cls, node) -> None:
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
            raise ValueError(f"item {index} was asked for, but the collection has {size} (they count from 0)")
